"""The forms of administrators and of one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.hub.administrators.errors import AdministratorError
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.companies.models import Location
from doorsync.hub.ui.forms import CodeInput, ManyOf, NameField, StyledForm

LEVELS = {
    Level.OWNER: gettext_lazy("Owner: everything, settings and administrators too"),
    Level.MANAGER: gettext_lazy("Manager: people, doors, groups, zones, schedules and rights"),
    Level.FRONT_DESK: gettext_lazy("Front desk: people and their cards, and Sync"),
    Level.OBSERVER: gettext_lazy("Observer: looks, and changes nothing"),
}


class RoleForm(StyledForm):
    """A level, the locations that it is limited to, and whether cards and PINs are shown whole."""

    level = forms.ChoiceField(choices=list(LEVELS.items()), initial=Level.FRONT_DESK, label=gettext_lazy("Level"))
    limited = forms.BooleanField(required=False, label=gettext_lazy("Only at these locations"))
    locations: forms.ModelMultipleChoiceField[Location] = ManyOf(
        queryset=None, required=False, label=gettext_lazy("Locations"), widget=forms.CheckboxSelectMultiple
    )
    sees_credentials = forms.BooleanField(
        required=False,
        label=gettext_lazy("Sees cards and PINs whole"),
        help_text=gettext_lazy("Owners and managers only. Others see them masked, observers not at all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locations"].queryset = Location.objects.all()  # type: ignore[attr-defined]  # of this field

    @staticmethod
    def initial_of(administrator: Administrator) -> dict[str, Any]:
        """What the form shows of an administrator."""
        names = ("level", "limited", "sees_credentials")
        return {name: getattr(administrator, name) for name in names} | {"locations": administrator.locations.all()}

    def clean(self) -> dict[str, Any]:
        """A limit needs a location and a location needs the limit: neither is left out without a word. An owner has none."""
        data = super().clean() or self.cleaned_data
        limited, locations = data.get("limited"), list(data.get("locations") or ())
        if limited and not locations:
            self.add_error("locations", _("Choose at least one location, or take the limit away."))
        elif locations and not limited:
            self.add_error("limited", _("Tick this for the limit to hold, or untick the locations."))
        elif "level" in data:
            try:
                data["role"] = Role(Level(data["level"]), locations if limited else None)
            except AdministratorError as error:
                self.add_error("limited", str(error))
        return data


class PasswordForm(StyledForm):
    """A new password, typed twice."""

    password = forms.CharField(
        max_length=1000,
        strip=False,
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 8 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        max_length=1000,
        strip=False,
        label=gettext_lazy("New password, once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Both are the same."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise ValidationError(_("The two passwords differ."))
        return again


class AddForm(PasswordForm, RoleForm):
    """A new administrator."""

    username = forms.CharField(
        max_length=150,
        label=gettext_lazy("Sign-in name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = NameField(max_length=200, required=False, label=gettext_lazy("Name that others see"))
    field_order = ("username", "name", "password", "again", "level", "limited", "locations", "sees_credentials")


class OwnPasswordForm(PasswordForm):
    """One's own: the present one is asked for too."""

    present = forms.CharField(
        max_length=1000,
        strip=False,
        label=gettext_lazy("Present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "password", "again")


class CodeProofForm(StyledForm):
    """What shows that it is really they who change their second factor: password and code."""

    present = forms.CharField(
        max_length=1000,
        strip=False,
        label=gettext_lazy("Present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("The six digits that your authenticator app shows, or one of your recovery codes."),
        widget=CodeInput(),
    )


class ProofForm(CodeProofForm):
    """What shows that it is really they: password, and code where the second factor is on (`asks_code`); or a passkey."""

    passkey = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_code:
            del self.fields["code"]
        if self.data.get("passkey"):
            for field in self.fields.values():
                field.required = False


class PasskeyNameForm(StyledForm):
    """How somebody tells their passkeys apart."""

    name = NameField(
        max_length=100,
        label=gettext_lazy("Name of the passkey"),
        help_text=gettext_lazy("Such as: phone, or key on the key ring."),
    )


class MakePasskeyForm(PasskeyNameForm):
    """A new passkey, as the browser made it."""

    passkey = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": gettext_lazy("The browser made no passkey: this needs JavaScript.")}
    )


class TurnOnForm(CodeProofForm):
    """The first code of a new app. `offer` is its secret, sealed."""

    offer = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("The six digits that the app shows now.")


class LanguageForm(StyledForm):
    """The language of one's pages; each is named in its own words, so that whoever needs it can read it."""

    language = forms.ChoiceField(
        choices=[("", gettext_lazy("as the browser asks")), *settings.LANGUAGES], required=False, label=gettext_lazy("Language")
    )
