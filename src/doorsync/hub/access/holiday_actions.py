"""Create and change holiday calendars, and say which time schedules follow one."""

from __future__ import annotations

from datetime import date, timedelta

from doorsync.domain.text import normalized_text
from doorsync.hub.access.affected import note_hours_affected
from doorsync.hub.access.errors import AccessNameTaken, BadHoliday, InUse
from doorsync.hub.access.models import Holiday, HolidayCalendar, TimeSchedule
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.renaming import rename
from doorsync.hub.companies.transactions import company_transaction

LONGEST = timedelta(days=366)
MOST = 500  # holidays of a calendar


def create_calendar(*, company: Company, name: str, actor: Actor) -> HolidayCalendar:
    """A new calendar without holidays. Raises AccessNameTaken."""
    with company_transaction(company, actor):
        if HolidayCalendar.objects.filter(name=name).exists():
            raise AccessNameTaken
        calendar = HolidayCalendar.objects.create(company=company, name=name)
        trail.record("calendar.created", actor=actor, calendar=calendar.pk)
    return calendar


def rename_calendar(*, calendar: HolidayCalendar, name: str, actor: Actor) -> bool:
    """Another name; says whether it differs. Raises AccessNameTaken."""
    return rename(calendar, name=name, kind="calendar", taken=AccessNameTaken, actor=actor)


def remove_calendar(*, calendar: HolidayCalendar, actor: Actor) -> None:
    """Delete a calendar that no time schedule follows. Raises InUse."""
    with company_transaction(calendar.company, actor):
        if users := list(calendar.schedules.values_list("name", flat=True)):
            raise InUse.by(calendar.name, users)
        trail.record("calendar.removed", actor=actor, calendar=calendar.pk)
        calendar.delete()


def check_holiday(*, first: date, last: date, hours: tuple[str, str]) -> None:
    """Raises BadHoliday for days or hours that `add_holiday` does not take."""
    start, end = hours
    if last < first or last - first > LONGEST:
        raise BadHoliday("last")
    if (start or end) and not (_is_clock(start) and _is_clock(end) and start < end):
        raise BadHoliday("hours")


def add_holiday(
    *, calendar: HolidayCalendar, name: str = "", first: date, last: date, hours: tuple[str, str] = ("", ""), actor: Actor
) -> Holiday:
    """Days on which only these hours stay ("HH:MM" to "HH:MM"), none where they are empty. What narrows goes out by itself.

    Raises BadHoliday.
    """
    check_holiday(first=first, last=last, hours=hours)
    start, end = hours
    with company_transaction(calendar.company, actor) as change:
        if calendar.holidays.count() >= MOST:
            raise BadHoliday("most")
        made = Holiday.objects.create(
            company=calendar.company,
            calendar=calendar,
            name=normalized_text(name),
            first=first,
            last=last,
            start=start,
            end=end,
        )
        trail.record("holiday.added", actor=actor, calendar=calendar.pk, first=first.isoformat(), last=last.isoformat())
        change.affects_schedules()
    return made


def remove_holiday(*, holiday: Holiday, actor: Actor) -> None:
    """Give the usual hours back on these days."""
    with company_transaction(holiday.company, actor) as change:
        told = {"first": holiday.first.isoformat(), "last": holiday.last.isoformat()}
        trail.record("holiday.removed", actor=actor, calendar=holiday.calendar_id, **told)
        holiday.delete()
        change.affects_schedules()


def follow_calendar(*, schedule: TimeSchedule, calendar: HolidayCalendar | None, actor: Actor) -> bool:
    """Let a time schedule follow a calendar, or none; says whether that differs."""
    if schedule.calendar_id == (calendar.pk if calendar else None):
        return False
    with company_transaction(schedule.company, actor) as change:
        schedule.calendar = calendar
        schedule.save(update_fields=["calendar"])
        trail.record("schedule.changed", actor=actor, schedule=schedule.pk)
        note_hours_affected(change, schedule)
    return True


def _is_clock(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    if not (colon and len(text) == 5 and hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        return False
    return text == "24:00" or (int(hours) < 24 and int(minutes) < 60)
