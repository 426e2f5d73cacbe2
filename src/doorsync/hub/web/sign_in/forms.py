"""The forms of the ordinary sign-in and of its second step."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from doorsync.hub.ui.forms import CodeInput, StyledForm


class SignInForm(forms.Form):
    """Company, name and password, as password managers know them."""

    company = forms.CharField(
        label=_("Company"),
        max_length=64,
        help_text=_("The short name of your company."),
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "organization", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    username = forms.CharField(
        label=_("Name"),
        max_length=150,
        strip=False,
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )


class CodeForm(StyledForm):
    """A code of the authenticator app, or a recovery code in its place."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("The six digits that your authenticator app shows, or one of your recovery codes."),
        widget=CodeInput({"autofocus": True}),
    )
