"""Start and expiry dates take effect by themselves, by each location's clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.sync.models import Holding, ValidityChange
from doorsync.hub.sync.run.scheduler import LEASE, apply_due_changes
from tests.factories.gym import Gym, gym
from tests.hub.sync.sending import held_of

START = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    with time_machine.travel(START, tick=False):
        made = gym()
    with scope(company=made.company):
        yield made


def wanted(club: Gym) -> set[str]:
    """The terminals at which anybody is wanted: the gate is in Amsterdam, the pool in New York."""
    ids = set(Holding.objects.filter(kind=1, wanted__isnull=False).values_list("terminal_id", flat=True))
    return {terminal.name for terminal in club.terminals if terminal.pk in ids}


@pytest.mark.requirement("R-09", mutation="tick() refreshing without the due rows; or one zone for all locations")
def test_dates_take_effect_within_a_minute_at_each_location(club: Gym) -> None:
    """Wanted from 25 October 02:30, which Amsterdam's clocks show twice that night, to 1 November 01:30, as New York's do."""
    with time_machine.travel(START, tick=False):
        club.add("Guest", club.members, starts="2026-10-25T02:30", expires="2026-11-01T01:30")
    expected = [
        (datetime(2026, 10, 25, 1, 29, tzinfo=UTC), set()),  # 02:29 the second time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), {"Gate"}),  # 02:30 the second time: opening late is the safe reading
        (datetime(2026, 10, 25, 6, 29, tzinfo=UTC), {"Gate"}),
        (datetime(2026, 10, 25, 6, 30, tzinfo=UTC), {"Gate", "Pool"}),  # 02:30 in New York
        (datetime(2026, 11, 1, 0, 30, tzinfo=UTC), {"Pool"}),  # 01:30 in Amsterdam
        (datetime(2026, 11, 1, 5, 29, tzinfo=UTC), {"Pool"}),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), set()),  # 01:30 in New York the first time: closing early is
    ]
    for moment, names in expected:
        with time_machine.travel(moment, tick=False):
            apply_due_changes()
            assert wanted(club) == names, moment
    assert not ValidityChange.objects.filter(at__isnull=False).exists()


def test_time_that_the_clocks_skip_counts_as_the_moment_of_the_skip(club: Gym) -> None:
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        club.add("Guest", club.members, starts="2026-03-29T02:30")  # Amsterdam goes from 02:00 to 03:00 at 01:00 UTC
    for minutes, names in ((-1, set()), (0, {"Gate"})):
        with time_machine.travel(datetime(2026, 3, 29, 1, 0, tzinfo=UTC) + timedelta(minutes=minutes), tick=False):
            apply_due_changes()
            assert wanted(club) == names


@pytest.mark.requirement("R-01", mutation="Due remembering the next moment only")
def test_clock_that_is_put_back_takes_back_what_it_did_too_early(club: Gym) -> None:
    with time_machine.travel(START, tick=False):
        club.add("Guest", club.members, starts="2026-10-20T18:00", expires="2026-10-20T20:00")
    for moment, names in (
        (START + timedelta(hours=5), {"Gate"}),  # 19:00 in Amsterdam, by a clock that runs ahead
        (START, set()),
        (START + timedelta(hours=13), set()),
        (START + timedelta(hours=5), {"Gate"}),
        (START + timedelta(hours=11), {"Pool"}),
    ):
        with time_machine.travel(moment, tick=False):
            apply_due_changes()
            assert wanted(club) == names, moment
            assert apply_due_changes() == 0


def test_two_ticking_processes_do_each_row_once(club: Gym) -> None:
    with time_machine.travel(START, tick=False):
        club.add("Guest", club.members, starts="2026-10-21T00:00")
    with time_machine.travel(START + timedelta(days=2), tick=False):
        assert [apply_due_changes(), apply_due_changes()] == [1, 0]


@pytest.mark.requirement("R-09", mutation="a LEASE of 100 minutes")
def test_claim_of_a_process_that_died_holds_nobody_up_for_longer_than_a_minute(club: Gym) -> None:
    with time_machine.travel(START, tick=False) as clock:
        user = club.add("Guest", club.members, expires="2026-10-20T14:10")  # ten minutes from now in Amsterdam
        clock.shift(timedelta(minutes=10))
        ValidityChange.objects.filter(user_id=user.pk).update(at=timezone.now() + LEASE, since=None)  # as it claims, and dies
        clock.shift(timedelta(seconds=59))
        assert apply_due_changes() == 0
        clock.shift(timedelta(seconds=1))
        assert timezone.now() == START + timedelta(minutes=11)
        assert apply_due_changes() == 1
        row = held_of(user, club.terminals[0])
        assert row
        assert row.wanted is None


def test_what_is_done_is_not_done_again(club: Gym) -> None:
    with time_machine.travel(START, tick=False) as clock:
        club.add("Guest", club.members, expires="2026-10-20T14:10")
        clock.shift(timedelta(minutes=10))
        assert (apply_due_changes(), apply_due_changes()) == (1, 0)
