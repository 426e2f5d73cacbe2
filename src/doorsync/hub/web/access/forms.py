"""The forms of the access pages."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.hub.access.errors import BadHours
from doorsync.hub.access.hours import DAYS, Slot, lines_of, slots_of
from doorsync.hub.access.models import TimeSchedule
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.ui.forms import ManyOf, StyledForm

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

    name = forms.CharField(max_length=100, label=gettext_lazy("Name"))


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in DAYS:
            field = forms.CharField(required=False, max_length=200, label=DAY_NAMES[day], strip=True)
            field.widget.attrs |= {"class": "input", "autocomplete": "off", "spellcheck": "false", "placeholder": _("closed")}
            self.fields[day] = field

    @staticmethod
    def initial_of(schedule: TimeSchedule) -> dict[str, str]:
        """What the form shows of a schedule."""
        return {"name": schedule.name, **{day: ", ".join(hours) for day, hours in lines_of(schedule.slots).items()}}

    def clean(self) -> dict[str, Any]:
        """Puts the hours together; each day is checked by itself first, so that what is wrong stands beside it."""
        data = super().clean() or self.cleaned_data
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

    @property
    def slots(self) -> list[Slot]:
        """The hours, once the form is valid."""
        slots: list[Slot] = self.cleaned_data["slots"]
        return slots


def _check_written(parts: list[str]) -> None:
    for part in parts:
        if not HOURS_OF_A_DAY.fullmatch(part):
            raise BadHours(_("“%(typed)s” are no hours. Write them like 08:00-18:00.") % {"typed": part})


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
        choices=lambda: [(name, name) for name in sorted(available_timezones())],
        initial="Europe/Amsterdam",
    )
