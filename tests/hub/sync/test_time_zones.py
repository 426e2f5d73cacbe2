"""Starts and ends are wall clocks: where a terminal or a location goes to another time zone, they go with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.access.holiday_actions import add_holiday, create_calendar, follow_calendar
from doorsync.hub.companies.actions import change_time_zone
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings
from doorsync.hub.sync.models import Holding, HoldingState, ValidityChange
from doorsync.hub.terminals.actions import change_terminal
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.sending import held_of

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # 14:00 in Amsterdam, 08:00 in New York, 21:00 in Tokyo


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    with time_machine.travel(NOON, tick=False):
        made = gym()
        made.add("Today", made.members, starts="2026-06-10T13:00", expires="2026-06-10T20:00")
        with scope(company=made.company):
            yield made


def wanted(club: Gym, place: int) -> bool:
    row = held_of(User.objects.get(), club.terminals[place])
    return row is not None and row.state == HoldingState.NEW


@pytest.mark.requirement("R-09", mutation="change_terminal() affecting nobody")
def test_terminal_that_moves_to_another_time_zone_opens_by_the_clocks_there(club: Gym) -> None:
    gate = club.terminals[0]
    assert wanted(club, 0)
    change_terminal(
        terminal=gate, location=club.locations[1], agent=club.agent, make=gate.make, address=gate.address, actor=club.actor
    )
    assert not wanted(club, 0)


@pytest.mark.requirement("R-09", mutation="change_time_zone() affecting nobody")
def test_location_in_another_time_zone_opens_by_its_new_clocks(club: Gym) -> None:
    assert (wanted(club, 0), wanted(club, 2)) == (True, False)
    change_time_zone(location=club.locations[0], time_zone="Asia/Tokyo", actor=club.actor)
    change_time_zone(location=club.locations[1], time_zone="Europe/Berlin", actor=club.actor)
    assert (wanted(club, 0), wanted(club, 2)) == (False, True)
    due = ValidityChange.objects.get()
    assert due.at == datetime(2026, 6, 10, 18, 0, tzinfo=UTC), "20:00 in Berlin is next"


@pytest.mark.requirement("R-09", mutation="another time zone affecting no schedules, whose holidays go by the day there")
@pytest.mark.parametrize("moved", ["location", "terminal"])
def test_holiday_is_taken_out_at_once_where_it_is_another_day_now(club: Gym, moved: str) -> None:
    calendar = create_calendar(company=club.company, name="Public holidays", actor=club.actor)
    follow_calendar(schedule=club.always, calendar=calendar, actor=club.actor)
    day = date(2026, 6, 17)  # a week ahead; six days on Kiritimati, where it is the 11th already
    add_holiday(calendar=calendar, first=day, last=day, hours=("", ""), actor=club.actor)
    before = hours_wanted(club)
    if moved == "location":
        change_time_zone(location=club.locations[0], time_zone="Pacific/Kiritimati", actor=club.actor)
    else:
        far, gate = world.location(club.company, "Far", "Pacific/Kiritimati"), club.terminals[0]
        change_terminal(terminal=gate, location=far, agent=club.agent, make=gate.make, address=gate.address, actor=club.actor)
    after = hours_wanted(club)
    assert after != before
    refresh_holdings(club.company, None)
    assert hours_wanted(club) == after


def hours_wanted(club: Gym) -> bytes:
    return bytes(Holding.objects.get(kind=Kind.SCHEDULE, terminal_id=club.terminals[0].pk).wanted or b"")
