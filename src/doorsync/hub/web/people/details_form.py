"""The form of a person's details, for adding and for editing. What is valid is said by `users`; this only asks and shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from doorsync.hub.ui.forms import StyledForm
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Group, InfoField, User
from doorsync.hub.users.validity_dates import end_parts, start_parts
from doorsync.hub.web.moment_input import MomentInput

TEXTS = {
    "first_name": (_("First name"), "given-name"),
    "insertion": (_("Between the names"), "additional-name"),
    "last_name": (_("Last name"), "family-name"),
    "external_id": (_("Id in your own software"), "off"),
    "email": (_("E-mail"), "off"),
    "phone": (_("Phone"), "off"),
}
MOMENTS = {"starts": (_("First day"), _("from (time)")), "expires": (_("Last day"), _("until (time)"))}
PARTS = {"starts": start_parts, "expires": end_parts}
MOST = 300  # characters of a text that is looked at at all


class DetailsForm(StyledForm):
    """`groups` are those that may be chosen. Every field is optional here, so that `users` alone says what is missing."""

    def __init__(self, data: QueryDict | None, *, groups: Iterable[Group], infos: Iterable[InfoField], **kwargs: Any) -> None:
        self.groups, self.infos = list(groups), [info for info in infos if info.label and not info.function]
        super().__init__(data, **kwargs)
        self._add_fields()
        self.style()

    def _add_fields(self) -> None:
        for name, (label, hint) in TEXTS.items():
            self.fields[name] = _text(label, hint)
        for name, (day, clock) in MOMENTS.items():
            self.fields[name] = forms.CharField(label=day, required=False, max_length=MOST, widget=MomentInput("date"))
            time_of_day = forms.CharField(label=clock, required=False, max_length=MOST, widget=MomentInput("time"))
            self.fields[f"{name}_time"] = time_of_day
        choices = [(group.pk, group.name) for group in self.groups]
        self.fields["groups"] = forms.TypedMultipleChoiceField(
            label=_("Groups"), required=False, coerce=int, choices=choices, widget=forms.CheckboxSelectMultiple
        )
        for info in self.infos:
            self.fields[f"info{info.number}"] = _text(info.label, "off")

    @property
    def names(self) -> list[str]:
        """The fields of a user that the form shows."""
        return [name for name in self.fields if not name.endswith("_time")]

    def said(self, kept: Iterable[int] = ()) -> Fields:
        """What the form says of the user. What the browser did not send is not said; `kept` are groups that it could not show."""
        given: dict[str, Any] = {}
        for name in self.names:
            if name == "groups":
                if "groups_shown" in self.data:
                    given[name] = frozenset(self.cleaned_data[name]) | frozenset(kept)
            elif name in self.data:
                clock = self.cleaned_data.get(f"{name}_time", "") if name in MOMENTS else ""
                given[name] = " ".join(filter(None, (self.cleaned_data[name], clock)))
        return cast("Fields", given)

    def tell(self, faults: Mapping[str, str]) -> None:
        """Show these faults at their fields; those of no field at the top."""
        for name, text in faults.items():
            self.add_error(name if name in self.fields else None, text)

    def rows(self) -> dict[str, list[forms.BoundField]]:
        """The fields as the page lays them out."""
        return {
            "names": [self["first_name"], self["insertion"], self["last_name"]],
            "reach": [self["external_id"], self["email"], self["phone"], *(self[f"info{info.number}"] for info in self.infos)],
            "moments": [self[name] for moment in MOMENTS for name in (moment, f"{moment}_time")],
        }


def initial_of(user: User, present: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a user at first."""
    initial = dict(present)
    for name, parts in PARTS.items():
        initial[name], initial[f"{name}_time"] = parts(getattr(user, name)) if getattr(user, name) else ("", "")
    return initial


def seen_text(present: Mapping[str, Any]) -> str:
    """What the form showed, to be sent along with it."""
    return json.dumps(present, sort_keys=True)


def seen_values(text: str, names: Iterable[str]) -> dict[str, Any]:
    """What the form showed of these fields; what it does not say counts as something else than is there."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):  # of brackets without end too
        told = {}
    return {name: told.get(name) if isinstance(told, dict) else None for name in names}


def _text(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=MOST, strip=False, widget=widget)
