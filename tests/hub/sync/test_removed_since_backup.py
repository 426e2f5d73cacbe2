"""Whoever was removed after a backup is not let in again by a restored database before somebody presses Sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.sync.models import Holding, Mode, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.automatic_runs import on_agent_reconnected, send_what_waits
from doorsync.hub.sync.run.retries import retry_due
from doorsync.hub.sync.run.runs import retry_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.hub_epoch import begin_epoch
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from tests.factories.backup import Backup
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import change, choice, open_run, send

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)  # 13:00 in Amsterdam


@pytest.fixture
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def club(clock: time_machine.Traveller) -> Iterator[Gym]:
    made = gym(["Alice", "Charlie", "Dora", "Erik"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    there = Counterpart(club.agent)
    connect()
    send(club, there)
    return there


def connect() -> None:
    with scopes_disabled():
        Agent.objects.update(waited_at=timezone.now())


def person(name: str) -> User:
    return User.objects.get(last_name=name)


def inside(club: Gym, there: Counterpart) -> set[object]:
    """Everybody whom any terminal of the club holds."""
    return {fields["name"] for terminal in club.terminals for fields in there.device(terminal).people().values()}


def pass_hours(clock: time_machine.Traveller, there: Counterpart, hours: int = 3) -> None:
    """Everything happens that happens without a press."""
    for _ in range(hours):
        clock.shift(timedelta(hours=1))
        connect()
        apply_due_changes()
        on_agent_reconnected(there.agent, timezone.now())
        send_what_waits(timezone.now())
        retry_due(timezone.now())
        there.work()


def guest(club: Gym, there: Counterpart) -> None:
    club.add("Bob", club.members, starts="2026-12-01T14:30", expires="2026-12-24T12:00")


def guest_who_started(club: Gym, there: Counterpart) -> None:
    guest(club, there)
    send(club, there)
    with scopes_disabled():
        Agent.objects.update(waited_at=None, seen_at=None)
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        apply_due_changes()


def open_when_backed_up(club: Gym, there: Counterpart) -> None:
    club.add("Bob", club.members)
    open_run(club)


def erased_when_backed_up(club: Gym, there: Counterpart) -> None:
    club.add("Bob", club.members)
    planned = build_plan(club.company, choice(*club.terminals, mode=Mode.ERASE))
    open_run(club, mode=Mode.ERASE, confirmed=planned.to_confirm)


def given_up(club: Gym, there: Counterpart) -> None:
    club.add("Bob", club.members)
    there.fault = lambda _: "gone"
    open_run(club)
    there.work()
    RunTerminal.objects.update(failing_since=timezone.now() - timedelta(minutes=2), retry_at=None)
    there.work()
    assert RunTerminal.objects.filter(state=RunTerminalState.NOT_REACHED, retry_at__isnull=False).exists()
    there.fault = lambda _: ""


def refused(club: Gym, there: Counterpart) -> None:
    club.add("Bob", club.members)
    there.fault = lambda _: "full"
    send(club, there)
    assert RunTerminal.objects.filter(state=RunTerminalState.PARTLY, retry_at__isnull=False).exists()
    there.fault = lambda _: ""


def lost_there(club: Gym, there: Counterpart) -> None:
    """Confirmed once, then missing when the terminal was read: to be sent again unasked."""
    bob = club.add("Bob", club.members)
    send(club, there)
    for terminal in club.terminals:
        there.device(terminal).memory = {
            place: fields for place, fields in there.device(terminal).memory.items() if place[1] != str(bob.number)
        }
    Holding.objects.filter(key=str(bob.number), held__isnull=False).update(held=None, before=None, held_since=None, lost=True)


SIBLINGS = [guest, guest_who_started, open_when_backed_up, erased_when_backed_up, given_up, refused, lost_there]


@pytest.mark.requirement(
    "I-05",
    mutation="in_scope(NOBODY) without held_to_removals: guests; hold_to_removals leaving them as they were: what was pressed",
)
@pytest.mark.parametrize("waits", SIBLINGS, ids=lambda waits: str(waits.__name__))
def test_person_removed_since_the_backup_is_let_in_by_nothing_but_a_press(
    clock: time_machine.Traveller, club: Gym, there: Counterpart, waits: Callable[[Gym, Counterpart], None]
) -> None:
    waits(club, there)
    backup = Backup()
    club.remove(person("Bob"))
    club.remove(person("Erik"))  # so the agent has done what the backup does not know
    send(club, there)
    assert "Bob" not in inside(club, there)
    backup.restore()
    begin_epoch()
    connect()
    there.work()

    pass_hours(clock, there)

    assert not {"Bob", "Erik"} & inside(club, there)
    assert {"Alice", "Charlie", "Dora"} <= inside(club, there)
    assert Terminal.objects.filter(restored_at__isnull=False).count() == 3
    assert any("A backup was restored" in notice for notice in build_plan(club.company, choice(*club.terminals)).notices)
    send(club, there)
    assert {"Bob", "Erik"} <= inside(club, there)
    assert not Terminal.objects.filter(restored_at__isnull=False).exists()


def test_removals_go_out_by_themselves_after_a_restore(clock: time_machine.Traveller, club: Gym, there: Counterpart) -> None:
    backup = Backup()
    club.remove(person("Erik"))
    send(club, there)
    backup.restore()
    begin_epoch()
    connect()
    there.work()
    club.remove(person("Dora"))
    pass_hours(clock, there)
    assert inside(club, there) == {"Alice", "Charlie"}


@pytest.mark.requirement("I-05", mutation="ONLY_NARROWS without gives=False: the lost card was given back with what it took away")
def test_card_replaced_since_the_backup_does_not_come_back(clock: time_machine.Traveller, club: Gym, there: Counterpart) -> None:
    alice = person("Alice")
    change(club, alice, credentials={"card": frozenset({"111"}), "pin": frozenset()})
    send(club, there)
    backup = Backup()
    change(club, alice, credentials={"card": frozenset({"222"}), "pin": frozenset()})
    send(club, there)
    backup.restore()
    begin_epoch()
    connect()
    there.work()
    pass_hours(clock, there)
    cards = [there.device(terminal).people()[str(alice.number)]["cards"] for terminal in (club.terminals[0], club.terminals[2])]
    assert cards == [["222"], ["222"]]


@pytest.mark.requirement("I-05", mutation="settle() without held_back: the run said that it had done all it was for")
def test_run_from_before_a_restore_says_that_it_only_removes(
    clock: time_machine.Traveller, club: Gym, there: Counterpart
) -> None:
    club.add("Bob", club.members)
    run = open_run(club)
    backup = Backup()
    club.remove(person("Bob"))
    club.remove(person("Erik"))
    send(club, there)
    backup.restore()
    begin_epoch()
    connect()
    for _ in range(2):
        there.work()
        run_terminal = run.run_terminals.get(terminal=club.terminals[0])
        assert (run_terminal.state, run_terminal.message) == (RunTerminalState.PARTLY, RunTerminalCode.BEFORE_A_RESTORE())
        assert not {"Bob", "Erik"} & inside(club, there)
        retry_run(run=run, actor=club.actor)


@pytest.mark.requirement("I-05", mutation="release() freeing terminals for a press that was limited to a group")
def test_press_for_a_group_frees_nobody_else(clock: time_machine.Traveller, club: Gym, there: Counterpart) -> None:
    guest(club, there)
    backup = Backup()
    club.remove(person("Bob"))
    club.remove(person("Erik"))
    send(club, there)
    backup.restore()
    begin_epoch()
    connect()
    there.work()
    send(club, there, groups=frozenset({club.staff.pk}))
    pass_hours(clock, there)
    assert "Bob" not in inside(club, there)
