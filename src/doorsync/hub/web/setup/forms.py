"""The form of the set-up page."""

from __future__ import annotations

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from doorsync.hub.ui.forms import NameField, StyledForm
from doorsync.hub.ui.long_select import LongSelect, zone_names


def _password(label: object, hint: object = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=str(label), help_text=str(hint), max_length=1000, strip=False, widget=widget)


class SetupForm(StyledForm):
    """Company, first location and owner. Neither code nor password is ever shown again."""

    code = forms.CharField(
        label=_("Set-up code"),
        help_text=_("The hub showed it where it was started."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    name = NameField(label=_("Company"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    slug = forms.SlugField(
        label=_("Short name of the company"),
        help_text=_("For signing in: small letters, digits and hyphens. Left empty, it is made of the name."),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    location = forms.CharField(label=_("First location"), max_length=100)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[], initial="Europe/Amsterdam", widget=LongSelect)
    username = forms.CharField(
        label=_("Your name for signing in"),
        max_length=150,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = _password(_("Password"), _("At least 8 characters."))
    again = _password(_("Password again"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        zones = [zone for zone in zone_names() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/"))]
        self.fields["time_zone"].choices = [(zone, zone) for zone in [*zones, "UTC"]]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, str]:
        """The short name follows from the name, and the password was typed twice alike."""
        data: dict[str, str] = super().clean() or self.cleaned_data
        if "name" in data and "slug" in data:
            data["slug"] = (data["slug"] or slugify(data["name"])[:64]).lower()
            if not data["slug"]:
                self.add_error("slug", _("Choose one: the name has no letters that it could be made of."))
        if data.get("password") != data.get("again") and "again" in data:
            self.add_error("again", _("The two passwords differ."))
        return data
