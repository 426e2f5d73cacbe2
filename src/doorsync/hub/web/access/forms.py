"""The forms of the access pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.hub.access.errors import BadHours
from doorsync.hub.access.hours import DAYS, Slot, lines_of, slots_of
from doorsync.hub.access.models import HolidayCalendar, TimeSchedule
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.ui.forms import ManyOf, NameField, OneOf, StyledForm
from doorsync.hub.ui.long_select import LongSelect, zone_names
from doorsync.hub.web.moment_input import MomentInput

DAY_NAMES = dict(
    zip(
        DAYS,
        (
            gettext_lazy("Monday"),
            gettext_lazy("Tuesday"),
            gettext_lazy("Wednesday"),
            gettext_lazy("Thursday"),
            gettext_lazy("Friday"),
            gettext_lazy("Saturday"),
            gettext_lazy("Sunday"),
        ),
        strict=True,
    )
)

# What stands beside a day is its hours alone: the day of a company file's lines would be one too many here.
HOURS_OF_A_DAY = re.compile(r"[0-9]{2}:[0-9]{2} ?- ?[0-9]{2}:[0-9]{2}|closed", re.IGNORECASE)


class NameForm(StyledForm):
    """A name."""

    name = NameField(max_length=100, label=gettext_lazy("Name"))


class ZoneForm(NameForm):
    """A zone: its name and its terminals."""

    terminals: forms.ModelMultipleChoiceField[Terminal] = ManyOf(
        queryset=None, required=False, label=gettext_lazy("Doors"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terminals"].queryset = Terminal.objects.select_related("location")  # type: ignore[attr-defined]  # of this field


class ScheduleForm(NameForm):
    """A time schedule: a name, and the hours of each day as people write them."""

    hours = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("The same hours for several days"),
        help_text=gettext_lazy("They are put into the days that are ticked."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "08:00-18:00"}),
    )
    on = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Days"), choices=list(DAY_NAMES.items()), widget=forms.CheckboxSelectMultiple
    )
    calendar = OneOf(
        queryset=None,
        required=False,
        label=gettext_lazy("Holidays"),
        empty_label=gettext_lazy("as on other days"),
        help_text=gettext_lazy(
            "On the days of this calendar there are fewer hours, or none. A door that cannot hold time schedules opens to nobody"
            " by one that follows a calendar."
        ),
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(_filled(data) if data else data, **kwargs)
        self.fields["calendar"].queryset = HolidayCalendar.objects.all()  # type: ignore[attr-defined]  # of this field
        for day in DAYS:
            field = forms.CharField(required=False, max_length=200, label=DAY_NAMES[day], strip=True)
            field.widget.attrs |= {"class": "input", "autocomplete": "off", "spellcheck": "false", "placeholder": _("closed")}
            self.fields[day] = field

    @staticmethod
    def initial_of(schedule: TimeSchedule) -> dict[str, Any]:
        """What the form shows of a schedule."""
        kept: dict[str, Any] = {"name": schedule.name, "calendar": schedule.calendar_id}
        return {**kept, **{day: ", ".join(hours) for day, hours in lines_of(schedule.slots).items()}}

    def clean(self) -> dict[str, Any]:
        """Puts the hours together; each day is checked by itself first, so that what is wrong stands beside it."""
        data = super().clean() or self.cleaned_data
        self._check_several_days(data)
        parts = {day: [part.strip() for part in (data.get(day) or "").split(",") if part.strip()] for day in DAYS}
        lines = {day: [f"{day} {part}" for part in some] for day, some in parts.items()}
        for day in DAYS:
            try:
                _check_written(parts[day])
                slots_of(lines[day])
            except BadHours as error:
                self.add_error(day, str(error))
        if not self.errors:
            try:
                data["slots"] = slots_of(line for some in lines.values() for line in some)
            except BadHours as error:
                raise ValidationError(str(error)) from error
        return data

    def _check_several_days(self, data: dict[str, Any]) -> None:
        """Hours without days, or days without hours, would be left out without a word; see `_filled`."""
        hours, days = data.get("hours"), data.get("on")
        if hours and not days:
            self.add_error("on", _("Tick the days that have these hours."))
        if days and not hours:
            self.add_error("hours", _("Type the hours of the days that are ticked."))

    @property
    def days(self) -> list[forms.BoundField]:
        """The field of each day."""
        return [self[day] for day in DAYS]

    @property
    def slots(self) -> list[Slot]:
        """The hours, once the form is valid."""
        slots: list[Slot] = self.cleaned_data["slots"]
        return slots


def _filled(data: QueryDict) -> QueryDict:
    """With the hours for several days in each of the ticked ones; typed once, they are asked for no more."""
    if not data.get("hours", "").strip() or not data.getlist("on"):
        return data
    filled = data.copy()
    for day in set(data.getlist("on")) & set(DAYS):
        filled.setlist(day, data.getlist("hours"))
    filled.setlist("hours", [])
    filled.setlist("on", [])
    return filled


def _check_written(parts: list[str]) -> None:
    for part in parts:
        if not HOURS_OF_A_DAY.fullmatch(part):
            raise BadHours(_("“%(typed)s” are no hours. Write them like 08:00-18:00.") % {"typed": part})


class HolidayForm(StyledForm):
    """Days on which fewer hours are left, or none."""

    name = NameField(required=False, max_length=100, label=gettext_lazy("Name"))
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        required=False,
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Empty: the first day only."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    start = forms.CharField(
        required=False,
        max_length=8,
        label=gettext_lazy("Open only from"),
        help_text=gettext_lazy("Empty: closed all day. Only hours of the schedule itself are left."),
        widget=MomentInput("time"),
    )
    end = forms.CharField(required=False, max_length=8, label=gettext_lazy("until"), widget=MomentInput("time"))

    def said(self) -> dict[str, Any]:
        """As `add_holiday` takes it."""
        data = self.cleaned_data
        end = "24:00" if data["end"] == "00:00" else data["end"]
        return {
            "name": data["name"],
            "first": data["first"],
            "last": data["last"] or data["first"],
            "hours": (data["start"], end),
        }


class RightForm(StyledForm):
    """In which schedules' hours a group may pass a zone's doors."""

    schedules: forms.ModelMultipleChoiceField[TimeSchedule] = ManyOf(
        queryset=None, required=False, label=gettext_lazy("Time schedules"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schedules"].queryset = TimeSchedule.objects.all()  # type: ignore[attr-defined]  # of this field


class LocationForm(NameForm):
    """A location."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name) for name in zone_names()],
        widget=LongSelect,
        initial="Europe/Amsterdam",
    )
