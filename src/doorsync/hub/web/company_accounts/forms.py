"""The forms of company accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain.text import bad_character
from doorsync.hub.providers.models import Claim, Provider
from doorsync.hub.ui.forms import StyledForm

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class PlainField(forms.CharField):
    """A technical value: no letters that cannot be seen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=PLAIN), **kwargs)

    def validate(self, value: Any) -> None:
        """Raises ValidationError."""
        super().validate(value)
        if value and (bad := bad_character(value)):
            raise ValidationError(_("It has a character that cannot be kept: %(bad)s. Delete it.") % {"bad": bad})


class CompanyForm(StyledForm):
    """Whose provider is meant."""

    company = PlainField(label=gettext_lazy("Company"), max_length=64, help_text=gettext_lazy("The short name of your company."))


class ProviderForm(StyledForm):
    """What the hub has to know of a company's provider."""

    issuer = PlainField(
        max_length=500,
        label=gettext_lazy("Issuer address"),
        help_text=gettext_lazy("Exactly as the provider writes it, such as https://login.example.com"),
    )
    client_id = PlainField(max_length=255, label=gettext_lazy("Client ID"))
    secret = forms.CharField(
        max_length=500,
        required=False,
        label=gettext_lazy("Client secret"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    claim = forms.ChoiceField(
        choices=[(each.value, gettext_lazy(each.label)) for each in Claim],
        label=gettext_lazy("An account is known at first by"),
        help_text=gettext_lazy(
            "Take a user name only where people cannot choose it themselves. Once linked, an account keeps its link."
        ),
    )
    domain = PlainField(
        max_length=253,
        required=False,
        label=gettext_lazy("Only accounts of this Google Workspace domain"),
        help_text=gettext_lazy("For Google, such as example.com; leave it empty for others."),
    )
    passwords = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Passwords and passkeys work too"),
        help_text=gettext_lazy("Without it only owners sign in to these pages with them. Programs are not affected."),
    )

    def __init__(self, *args: Any, provider: Provider | None, **kwargs: Any) -> None:
        if provider:
            kwargs["initial"] = {
                name: getattr(provider, name) for name in ("issuer", "client_id", "claim", "domain", "passwords")
            }
        super().__init__(*args, **kwargs)
        if provider:
            self.fields["secret"].help_text = _("One is kept. It is not shown; leave this empty to keep it.")

    def clean_issuer(self) -> str:
        """An address of TLS; whether loopback is allowed is found out when it is reached."""
        issuer: str = self.cleaned_data["issuer"]
        if not issuer.startswith(("https://", "http://")) or set(issuer) & set("?#@ ") or not issuer.isascii():
            raise ValidationError(_("Not the address of an issuer. It is like https://login.example.com"))
        return issuer

    def clean_domain(self) -> str:
        """In lower case."""
        domain: str = self.cleaned_data["domain"]
        return domain.lower()


class AddressForm(StyledForm):
    """The address with which an account is expected."""

    address = PlainField(max_length=254, label=gettext_lazy("Address of their company account"))
