"""Terminals hold weekly hours only: a holiday is taken out of them in time, and given back, by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.domain.record import Kind
from doorsync.hub.access import holiday_actions
from doorsync.hub.access.actions import change_schedule
from doorsync.hub.access.models import HolidayCalendar, TimeSchedule
from doorsync.hub.companies.actions import change_company
from doorsync.hub.sync.holdings.wanted_refresh import refresh_terminal
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.automatic_runs import send_what_waits
from doorsync.hub.sync.run.holiday_changes import apply_holidays
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

START = datetime(2026, 12, 1, 12, tzinfo=UTC)  # a Tuesday, 13:00 in Amsterdam, 07:00 in New York
FRIDAY = date(2026, 12, 11)
OFFICE = [[str(day), "08:00", "18:00"] for day in range(1, 6)]
WITHOUT_FRIDAY = OFFICE[:4]
Clock = time_machine.Traveller


@pytest.fixture
def clock(transactional_db: None) -> Iterator[Clock]:
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling


@pytest.fixture
def club(clock: Clock) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        change_schedule(schedule=made.always, slots=OFFICE, actor=made.actor)
        yield made


@pytest.fixture
def calendar(club: Gym) -> HolidayCalendar:
    made = holiday_actions.create_calendar(company=club.company, name="Public holidays", actor=club.actor)
    schedule = TimeSchedule.objects.select_related("company").get(pk=club.always.pk)
    holiday_actions.follow_calendar(schedule=schedule, calendar=made, actor=club.actor)
    return made


@pytest.fixture
def there(club: Gym, calendar: HolidayCalendar) -> Counterpart:
    counterpart = Counterpart(club.agent)
    press(club, counterpart)
    return counterpart


def press(club: Gym, there: Counterpart) -> None:
    choice = Selection(locations=frozenset(location.pk for location in club.locations))
    start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    work(there)


def work(there: Counterpart) -> None:
    with scopes_disabled():
        Agent.objects.update(waited_at=timezone.now())
    there.work()
    with scopes_disabled():
        Agent.objects.update(waited_at=timezone.now())


def add(calendar: HolidayCalendar, club: Gym, day: date = FRIDAY, hours: tuple[str, str] = ("", "")) -> None:
    holiday_actions.add_holiday(calendar=calendar, first=day, last=day, hours=hours, actor=club.actor)


def at(clock: Clock, there: Counterpart, moment: datetime) -> None:
    """Let it be that moment, and the scheduler and the agent do their work."""
    clock.move_to(moment)
    with scopes_disabled():
        Agent.objects.update(waited_at=moment)
        apply_holidays(moment)
        send_what_waits(moment)
    work(there)


def hours(club: Gym, there: Counterpart, terminal: int = 0) -> object:
    """What this terminal holds: 0 is in Amsterdam, 2 in New York."""
    return there.device(club.terminals[terminal]).memory[Kind.SCHEDULE, str(club.always.number)]["slots"]


def midnight(day: date, hour: int = 23) -> datetime:
    """When this day begins in Amsterdam (23), or in New York (29)."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1) + timedelta(hours=hour)


@pytest.mark.requirement("R-09", mutation="apply_holidays() once for a calendar, not once a day; or the hub's day for every zone")
def test_a_holiday_is_in_the_terminal_from_six_days_before_to_its_end(
    clock: Clock, club: Gym, calendar: HolidayCalendar, there: Counterpart
) -> None:
    add(calendar, club)
    work(there)
    minute, first, after = timedelta(minutes=1), FRIDAY - timedelta(days=6), FRIDAY + timedelta(days=1)
    at(clock, there, midnight(first) - minute)
    assert hours(club, there) == OFFICE
    at(clock, there, midnight(first) + minute)
    assert hours(club, there) == WITHOUT_FRIDAY
    assert hours(club, there, 2) == OFFICE
    at(clock, there, midnight(first, 29) + minute)
    assert hours(club, there, 2) == WITHOUT_FRIDAY
    at(clock, there, midnight(after) - minute)
    assert hours(club, there) == WITHOUT_FRIDAY
    at(clock, there, midnight(after) + minute)
    assert hours(club, there) == OFFICE
    assert hours(club, there, 2) == WITHOUT_FRIDAY
    at(clock, there, midnight(after, 29) + minute)
    assert hours(club, there, 2) == OFFICE


@pytest.mark.requirement("I-06", mutation="add_holiday() without telling that schedules are affected")
def test_a_holiday_that_is_near_goes_out_at_once(club: Gym, calendar: HolidayCalendar, there: Counterpart) -> None:
    add(calendar, club, date(2026, 12, 4), ("10:00", "24:00"))
    work(there)
    assert hours(club, there) == [*WITHOUT_FRIDAY, ["5", "10:00", "18:00"]]


@pytest.mark.requirement("I-06", mutation="is_timed() true for every change of a schedule when another day begins")
def test_what_an_administrator_widened_still_waits_for_a_press_when_a_holiday_is_over(
    clock: Clock, club: Gym, calendar: HolidayCalendar, there: Counterpart
) -> None:
    add(calendar, club)
    at(clock, there, midnight(FRIDAY))
    schedule = TimeSchedule.objects.select_related("company").get(pk=club.always.pk)
    longer = sorted([["1", "06:00", "23:00"], *OFFICE[1:]])
    change_schedule(schedule=schedule, slots=longer, actor=club.actor)
    at(clock, there, midnight(FRIDAY + timedelta(days=1)))
    at(clock, there, midnight(FRIDAY + timedelta(days=2)))
    assert hours(club, there) == WITHOUT_FRIDAY
    press(club, there)
    assert hours(club, there) == longer


@pytest.mark.requirement("I-06", mutation="TIMED without asking automatic_starts")
def test_usual_hours_wait_for_a_press_where_the_company_wants_that(
    clock: Clock, club: Gym, calendar: HolidayCalendar, there: Counterpart
) -> None:
    change_company(company=club.company, actor=club.actor, automatic_starts=False)
    add(calendar, club)
    at(clock, there, midnight(FRIDAY))
    assert hours(club, there) == WITHOUT_FRIDAY
    at(clock, there, midnight(FRIDAY + timedelta(days=1)))
    assert hours(club, there) == WITHOUT_FRIDAY
    press(club, there)
    assert hours(club, there) == OFFICE


def test_a_hub_that_was_down_catches_up(clock: Clock, club: Gym, calendar: HolidayCalendar, there: Counterpart) -> None:
    add(calendar, club)
    work(there)
    at(clock, there, midnight(FRIDAY) + timedelta(hours=9))
    assert hours(club, there) == WITHOUT_FRIDAY
    at(clock, there, midnight(FRIDAY + timedelta(days=20)))
    assert hours(club, there) == WITHOUT_FRIDAY  # nobody saw the holiday end: the usual hours wait for a press
    assert Holding.objects.filter(kind=Kind.SCHEDULE, timed=True).count() == 0
    press(club, there)
    assert hours(club, there) == OFFICE


def test_nothing_is_done_while_it_stays_the_same_day(
    clock: Clock, club: Gym, calendar: HolidayCalendar, there: Counterpart
) -> None:
    moment = midnight(FRIDAY) + timedelta(hours=6)
    with scopes_disabled():
        assert apply_holidays(moment) == 0  # there is no holiday
    add(calendar, club)
    clock.move_to(moment)
    with scopes_disabled():
        assert apply_holidays(moment) == 1
        assert apply_holidays(moment + timedelta(hours=1)) == 0
        assert apply_holidays(moment - timedelta(days=1)) == 1  # the clock was set back
        assert apply_holidays(moment + timedelta(days=60)) == 1
        assert apply_holidays(moment + timedelta(days=61)) == 0


@pytest.mark.requirement("I-06", mutation="a schedule that is always open and follows a calendar sent as if it followed none")
def test_a_terminal_without_schedules_holds_nobody_whose_hours_have_holidays(
    club: Gym, calendar: HolidayCalendar, there: Counterpart
) -> None:
    gate, schedule = club.terminals[0], TimeSchedule.objects.select_related("company").get(pk=club.always.pk)
    limits = {**gate.capabilities.as_dict(), "schedules": 0, "open_without_schedule": True}
    Terminal.objects.filter(pk=gate.pk).update(limits=limits)
    always = [[str(day), "00:00", "24:00"] for day in range(1, 8)]
    change_schedule(schedule=schedule, slots=always, actor=club.actor)
    refresh_terminal(club.company, gate.pk)
    alice = Holding.objects.get(terminal_id=gate.pk, kind=Kind.USER)
    assert alice.wanted is None
    assert alice.refusal
    schedule.refresh_from_db()
    holiday_actions.follow_calendar(schedule=schedule, calendar=None, actor=club.actor)
    refresh_terminal(club.company, gate.pk)
    alice.refresh_from_db()
    assert alice.wanted is not None
