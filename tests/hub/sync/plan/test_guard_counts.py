"""The guard holds at every size, over a day, and whoever asks; what was foreseen passes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.sync.errors import NeedsConfirmation
from doorsync.hub.sync.models import Holding, HoldingState, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.guard_counts import held_back, is_stopped
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.automatic_runs import send_what_waits
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from doorsync.hub.users.writes import write_users
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
Clock = time_machine.Traveller


@pytest.fixture
def clock(transactional_db: None) -> Iterator[Clock]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


def site(people: int) -> tuple[Gym, Counterpart]:
    """So many people are in the gate and the pool, and the agent dials out."""
    club = gym([f"Person {number:03}" for number in range(people)])
    there = Counterpart(club.agent)
    with scope(company=club.company):
        start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
        there.work()
    connect()
    return club, there


def connect() -> None:
    with scopes_disabled():
        Agent.objects.update(waited_at=timezone.now())


def everywhere(club: Gym) -> Selection:
    return Selection(locations=frozenset(location.pk for location in club.locations))


def remove(club: Gym, number: int) -> None:
    """As an import does: so many at once."""
    connect()
    write_users(company=club.company, gone=list(User.objects.all()[:number]), actor=club.actor)


def inside(club: Gym, there: Counterpart) -> int:
    return len(there.device(club.terminals[0]).people())


@pytest.mark.requirement("D-03", mutation="the guard's floor of 20 people")
@pytest.mark.parametrize(("people", "gone"), [(7, 7), (7, 3), (20, 7), (2, 2), (1, 1), (5, 2)])
def test_site_of_any_size_is_not_emptied_without_the_typed_number(clock: Clock, people: int, gone: int) -> None:
    club, there = site(people)
    with scope(company=club.company):
        remove(club, gone)
        there.work()
        assert inside(club, there) == people
        assert held_back(club.company) == {club.terminals[0].pk: gone, club.terminals[2].pk: gone}

        with pytest.raises(NeedsConfirmation):
            start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
        start_run(company=club.company, choice=everywhere(club), confirmed=2 * gone, actor=club.actor)
        there.work()
        assert inside(club, there) == people - gone
        assert held_back(club.company) == {}


@pytest.mark.parametrize(("people", "gone"), [(3, 1), (3, 2), (7, 2), (20, 6), (30, 10)])
def test_everyday_removals_go_out_at_once(clock: Clock, people: int, gone: int) -> None:
    club, there = site(people)
    with scope(company=club.company):
        remove(club, gone)
        there.work()
        assert inside(club, there) == people - gone


@pytest.mark.requirement("D-03", mutation="lost_freely not counted")
def test_ten_imports_do_not_do_what_one_may_not(clock: Clock) -> None:
    club, there = site(200)
    with scope(company=club.company):
        for _ in range(10):
            remove(club, 20)
            there.work()
            clock.shift(60)
        assert inside(club, there) == 180

        connect()
        start_run(company=club.company, choice=everywhere(club), confirmed=360, actor=club.actor)
        there.work()
        assert inside(club, there) == 0


def test_a_day_later_as_many_may_go_again(clock: Clock) -> None:
    club, there = site(30)
    with scope(company=club.company):
        remove(club, 10)
        there.work()
        clock.shift(timedelta(hours=23))
        remove(club, 1)
        there.work()
        assert inside(club, there) == 20
        clock.shift(timedelta(hours=2))
        connect()
        assert send_what_waits(timezone.now()) == 1
        there.work()
        assert inside(club, there) == 19
        assert send_what_waits(timezone.now()) == 0


@pytest.mark.requirement("D-03", mutation="the ceiling of a run without a typed number kept while more are removed")
def test_removals_that_come_while_a_run_is_open_are_guarded_too(clock: Clock) -> None:
    club, there = site(30)
    with scope(company=club.company):
        remove(club, 10)
        remove(club, 1)
        there.work()
        assert inside(club, there) == 30
        stopped = Run.objects.latest("pk")
        assert {run_terminal.state for run_terminal in RunTerminal.objects.filter(run=stopped)} == {RunTerminalState.REFUSED}
        assert stopped.closed_at, "nothing of it is left to be done"
        start_run(company=club.company, choice=everywhere(club), confirmed=22, actor=club.actor)
        there.work()
        assert inside(club, there) == 19


def test_typed_number_covers_whose_access_was_narrowed_before_too(clock: Clock) -> None:
    club, _there = site(10)
    with scope(company=club.company):
        remove(club, 5)
        run = start_run(company=club.company, choice=everywhere(club), confirmed=10, actor=club.actor)
        run_terminal = run.run_terminals.get(terminal=club.terminals[0])
        assert (run_terminal.typed, run_terminal.ceiling, is_stopped(run_terminal)) == (True, 5, False)
        run_terminal.done_narrowed = 1
        assert is_stopped(run_terminal)


@pytest.mark.requirement("R-06", mutation="is_stopped() of a typed run where nobody is left to lose anything")
def test_an_erase_writes_back_who_stays_though_more_expired_meanwhile_than_was_typed(clock: Clock) -> None:
    """Once a terminal is empty, stopping keeps everybody out and saves nobody's access."""
    club, _there = site(10)
    with scope(company=club.company):
        remove(club, 5)
        run = start_run(company=club.company, choice=everywhere(club), confirmed=10, actor=club.actor)
        run_terminal = run.run_terminals.get(terminal=club.terminals[0])
        run_terminal.done_removed = 6
        assert is_stopped(run_terminal)
        Holding.objects.filter(terminal_id=club.terminals[0].pk, state=HoldingState.REMOVE).update(held=None)
        Holding.objects.filter(terminal_id=club.terminals[0].pk, wanted=None).delete()
        assert not is_stopped(run_terminal)


def book(club: Gym, **later: float) -> None:
    """Everybody leaves then."""
    ends = (timezone.now() + timedelta(**later)).astimezone(club.locations[0].zone).strftime("%Y-%m-%dT%H:%M")
    User.objects.update(expires=ends)
    club.tell()


@pytest.mark.parametrize("holds_expiries", [True, False])
def test_everybody_may_leave_by_an_expiry_that_was_set_a_day_before(clock: Clock, holds_expiries: bool) -> None:
    """A hotel in the morning; whether or not its doors know of expiries."""
    club, there = site(30)
    with scope(company=club.company):
        can = Capabilities(until=holds_expiries).as_dict()
        for device in there.devices.values():
            device.capabilities = can
        Terminal.objects.update(limits=can)
        book(club, hours=47)
        clock.shift(timedelta(hours=46))
        club.tell()  # something else changes; the expiry is no newer for that
        connect()
        typed = build_plan(club.company, everywhere(club)).to_confirm  # a shorter stay takes something from each of them
        assert typed == (60 if holds_expiries else 0)
        start_run(company=club.company, choice=everywhere(club), confirmed=typed or None, actor=club.actor)
        there.work()
        clock.shift(timedelta(hours=2))
        connect()
        apply_due_changes()
        there.work()
        assert inside(club, there) == 0
        assert not RunTerminal.objects.exclude(lost_freely=0).exists(), "others may still be removed today"


def test_expiry_that_was_set_a_moment_ago_for_everybody_waits_for_the_number(clock: Clock) -> None:
    club, there = site(30)
    with scope(company=club.company):
        book(club, minutes=2)
        clock.shift(timedelta(minutes=3))
        connect()
        apply_due_changes()
        there.work()
        assert inside(club, there) == 30
        assert held_back(club.company)[club.terminals[0].pk] == 30


def test_who_never_was_there_needs_no_number(clock: Clock) -> None:
    club, _there = site(4)
    with scope(company=club.company):
        for number in range(9):
            club.remove(club.add(f"Typo {number}", club.members))
        assert build_plan(club.company, everywhere(club)).to_confirm == 0
        assert held_back(club.company) == {}
