"""Holiday calendars: what they take, what they refuse, and that nothing in use is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django_scopes import scope

from doorsync.hub.access import holiday_actions as actions
from doorsync.hub.access.errors import AccessNameTaken, BadHoliday, InUse
from doorsync.hub.access.models import Holiday, HolidayCalendar, TimeSchedule
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from tests.factories import world

pytestmark = pytest.mark.django_db
DAY, NEXT = date(2026, 12, 25), date(2026, 12, 26)


@pytest.fixture
def calendar() -> Iterator[HolidayCalendar]:
    company = world.company()
    with scope(company=company):
        yield actions.create_calendar(company=company, name="Public holidays", actor=Actor(company_id=company.pk))


def actor(calendar: HolidayCalendar) -> Actor:
    return Actor(company_id=calendar.company_id)


@pytest.mark.parametrize(
    ("first", "last", "hours", "why"),
    [
        (NEXT, DAY, ("", ""), "last"),
        (DAY, date(2028, 1, 1), ("", ""), "last"),
        (DAY, DAY, ("10:00", ""), "hours"),
        (DAY, DAY, ("", "10:00"), "hours"),
        (DAY, DAY, ("10:00", "10:00"), "hours"),
        (DAY, DAY, ("12:00", "10:00"), "hours"),
        (DAY, DAY, ("9:00", "12:00"), "hours"),
        (DAY, DAY, ("09:00", "25:00"), "hours"),
        (DAY, DAY, ("09:00", "12:60"), "hours"),
        (DAY, DAY, ("\u0660\u0669:00", "12:00"), "hours"),
        (DAY, DAY, ("09:00", "24:01"), "hours"),
    ],
)
def test_what_is_no_holiday_is_refused(
    calendar: HolidayCalendar, first: date, last: date, hours: tuple[str, str], why: str
) -> None:
    with pytest.raises(BadHoliday) as error:
        actions.add_holiday(calendar=calendar, first=first, last=last, hours=hours, actor=actor(calendar))
    assert error.value.what == why
    assert not Holiday.objects.exists()


def test_holidays_come_and_go_and_the_audit_says_so(calendar: HolidayCalendar) -> None:
    made = actions.add_holiday(
        calendar=calendar, name="Christmas", first=DAY, last=NEXT, hours=("10:00", "24:00"), actor=actor(calendar)
    )
    assert list(calendar.holidays.values_list("name", "start", "end")) == [("Christmas", "10:00", "24:00")]
    actions.remove_holiday(holiday=made, actor=actor(calendar))
    assert not calendar.holidays.exists()
    told = list(Entry.objects.filter(subject__calendar=calendar.pk).order_by("number").values_list("event", flat=True))
    assert told == ["calendar.created", "holiday.added", "holiday.removed"]


def test_a_calendar_that_a_schedule_follows_is_not_deleted(calendar: HolidayCalendar) -> None:
    schedule = world.schedule(calendar.company)
    assert actions.follow_calendar(schedule=schedule, calendar=calendar, actor=actor(calendar)) is True
    assert actions.follow_calendar(schedule=schedule, calendar=calendar, actor=actor(calendar)) is False
    with pytest.raises(InUse, match="Always"):
        actions.remove_calendar(calendar=calendar, actor=actor(calendar))
    actions.follow_calendar(schedule=schedule, calendar=None, actor=actor(calendar))
    actions.remove_calendar(calendar=calendar, actor=actor(calendar))
    assert not HolidayCalendar.objects.exists()
    assert TimeSchedule.objects.get().calendar is None


def test_two_calendars_have_two_names(calendar: HolidayCalendar) -> None:
    other = actions.create_calendar(company=calendar.company, name="School", actor=actor(calendar))
    with pytest.raises(AccessNameTaken):
        actions.create_calendar(company=calendar.company, name="School", actor=actor(calendar))
    with pytest.raises(AccessNameTaken):
        actions.rename_calendar(calendar=other, name="Public holidays", actor=actor(calendar))
