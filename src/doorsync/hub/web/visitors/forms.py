"""The form of a visit. What is valid is said by `users` and `visitors`; this only asks and shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from doorsync.hub.ui.forms import StyledForm
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Group
from doorsync.hub.web.moment_input import MomentInput

MOST = 300


def _text(label: Any, *, required: bool = False, hint: Any = "", **attributes: str) -> forms.CharField:
    attributes = {"autocomplete": "off", "spellcheck": "false", **attributes}
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, required=required, max_length=MOST, help_text=hint, widget=widget)


def _moment(label: Any, kind: str) -> forms.CharField:
    return forms.CharField(label=label, required=True, max_length=MOST, widget=MomentInput(kind))


class VisitForm(StyledForm):
    """`groups` are those that may be chosen."""

    first_name = _text(_("First name"))
    last_name = _text(_("Last name"), required=True)
    contractor_name = _text(_("Company"))
    host = _text(_("Host"), hint=_("Whom they visit: a name, or the number of a person."))
    day = _moment(_("Day"), "date")
    begins = _moment(_("from (time)"), "time")
    ends = _moment(_("until (time)"), "time")
    weekly_until = forms.DateField(
        label=_("Each week until"),
        required=False,
        help_text=_("Empty: this day only."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    with_pass = forms.BooleanField(
        label=_("QR code"),
        required=False,
        help_text=_("A number that nobody has, to be printed or shown, for readers that pass a QR code on as a card."),
    )

    def __init__(self, data: QueryDict | None, *, groups: Iterable[Group], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["groups"] = forms.TypedMultipleChoiceField(
            label=_("Groups that open their doors"),
            required=False,
            coerce=int,
            choices=[(group.pk, group.name) for group in groups],
            widget=forms.CheckboxSelectMultiple,
        )
        self.style()

    def said(self) -> Fields:
        """What it says of the visitor. A visit that ends at midnight ends with its day."""
        data = self.cleaned_data
        ends = "24:00" if data["ends"] == "00:00" else data["ends"]
        return {
            "first_name": data["first_name"],
            "last_name": data["last_name"],
            "contractor_name": data["contractor_name"],
            "starts": f"{data['day']} {data['begins']}",
            "expires": f"{data['day']} {ends}",
            "groups": frozenset(data["groups"]),
        }

    def tell(self, faults: Mapping[str, str]) -> None:
        """Show these faults at their fields; those of no field at the top."""
        at = {"starts": "begins", "expires": "ends"}
        for name, text in faults.items():
            field = at.get(name, name)
            self.add_error(field if field in self.fields else None, text)
