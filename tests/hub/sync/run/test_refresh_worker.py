"""A change that concerns many people: put off with it, worked out in chunks, and nothing said or sent too early."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.access.actions import grant, withdraw
from doorsync.hub.access.models import AccessRight
from doorsync.hub.sync.crash_points import CHUNK_POINTS
from doorsync.hub.sync.holdings.terminal_status import terminal_statuses
from doorsync.hub.sync.holdings.wanted_refresh import refresh_terminal
from doorsync.hub.sync.models import (
    Holding,
    HoldingState,
    Mode,
    PendingRefresh,
    PendingRefreshUser,
    Run,
    RunTerminal,
    RunTerminalState,
)
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.run.program_status import RunState, program_status
from doorsync.hub.sync.run.refresh_worker import refreshed_chunks
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.put_off import finish_refreshes, put_off_more_than
from tests.hub.sync.sending import choice, open_run, send
from tests.hub.sync.wire import Killed, dying

NAMES = ["Alice", "Bob", "Carol", "Dave"]

STAFF = ["Eve", "Frank", "Grace", "Heidi", "Ivan", "Judy"]

SQLITE_REFUSES = (
    """CREATE TRIGGER damaged BEFORE UPDATE ON sync_holding WHEN NEW.key = '{key}'
    BEGIN SELECT RAISE(ABORT, 'damaged'); END""",
    "DROP TRIGGER damaged",
)

POSTGRESQL_REFUSES = (
    "ALTER TABLE sync_holding ADD CONSTRAINT damaged CHECK (key <> '{key}') NOT VALID",
    "ALTER TABLE sync_holding DROP CONSTRAINT damaged",
)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    """Four members and six of the staff, in sync, and an agent that dials out. Changes of two people are put off."""
    made = gym(NAMES)
    with scope(company=made.company):
        for name in STAFF:
            made.add(name, made.staff)
        with put_off_more_than(1):
            yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    made = Counterpart(club.agent)
    send(club, made)
    Agent.objects.update(waited_at=timezone.now())
    return made


def gate(club: Gym) -> Terminal:
    return Terminal.objects.select_related("agent", "location").get(pk=club.terminals[0].pk)


def names(club: Gym, there: Counterpart) -> set[str]:
    return {str(fields["name"]) for fields in there.device(club.terminals[0]).people().values()}


def members_lose_the_gate(club: Gym) -> None:
    right = AccessRight.objects.select_related("company").get(group=club.members, zone=club.zones[0])
    withdraw(right=right, actor=club.actor)


def user(name: str) -> User:
    return User.objects.select_related("company").get(last_name=name)


@pytest.mark.requirement("G-02", mutation="terminal_statuses without PendingRefresh; or plans without refresh_notices()")
@pytest.mark.requirement("I-04", mutation="the same")
def test_until_it_is_worked_out_the_plan_says_so_and_nothing_is_up_to_date(club: Gym, there: Counterpart) -> None:
    run = Run.objects.order_by("-pk")[0]
    assert terminal_statuses([gate(club)])[gate(club).pk].up_to_date
    assert program_status(run).state is RunState.UP_TO_DATE
    members_lose_the_gate(club)
    assert not terminal_statuses([gate(club)])[gate(club).pk].up_to_date
    assert program_status(run).state is RunState.DONE
    assert "worked out for 4 people" in build_plan(club.company, choice(*club.terminals)).notices[0]
    for _ in refreshed_chunks():
        assert not terminal_statuses([gate(club)])[gate(club).pk].up_to_date
    assert not build_plan(club.company, choice(*club.terminals)).notices


@pytest.mark.requirement("G-02", mutation="_refresh stores what is refreshed in a transaction of its own")
@pytest.mark.parametrize("point", CHUNK_POINTS)
def test_a_kill_within_or_between_chunks_loses_and_doubles_nothing(club: Gym, there: Counterpart, point: str) -> None:
    members_lose_the_gate(club)
    leaving = Holding.objects.filter(terminal_id=gate(club).pk, state=HoldingState.REMOVE)
    for killed in range(1, 4):
        with dying(point), pytest.raises(Killed):
            finish_refreshes()
        done = killed if point == "hub.chunk-stored" else 0
        assert leaving.count() == PendingRefreshUser.objects.filter(refreshed=True).count() == done
        assert not terminal_statuses([gate(club)])[gate(club).pk].up_to_date
    finish_refreshes()
    assert set(leaving.values_list("key", flat=True)) == {str(user(name).number) for name in NAMES}
    assert not PendingRefresh.objects.exists()


@pytest.mark.requirement("G-02", mutation="next_pending without sendable(); settle_run_terminal without is_refreshing()")
def test_press_meanwhile_sends_nobody_concerned_and_ends_when_all_are_done(club: Gym, there: Counterpart) -> None:
    grant(group=club.members, zone=club.zones[1], schedule=club.always, actor=club.actor)  # the office too
    run = open_run(club)
    there.work()
    chunks = refreshed_chunks()
    next(chunks)
    there.work()
    assert set(there.device(club.terminals[1]).people()) == {str(user(name).number) for name in STAFF}
    assert RunTerminal.objects.filter(run=run, state=RunTerminalState.SYNCING).exists()
    assert list(chunks)
    there.work()
    assert {str(each["name"]) for each in there.device(club.terminals[1]).people().values()} == {*NAMES, *STAFF}
    assert set(RunTerminal.objects.filter(run=run).values_list("state", flat=True)) == {RunTerminalState.DONE}


@pytest.mark.requirement("D-03", mutation="the worker taking refreshed users out before the last one is done")
def test_guard_counts_everybody_before_the_first_is_removed(club: Gym, there: Counterpart) -> None:
    for number in range(40):
        world.user(club.company, f"More {number}", club.members)
    club.tell()
    send(club, there)
    Agent.objects.update(waited_at=timezone.now())
    members_lose_the_gate(club)
    for _ in refreshed_chunks():
        there.work()
    there.work()
    assert len(names(club, there)) == 50
    assert build_plan(club.company, choice(*club.terminals)).to_confirm >= 44


def test_removals_go_out_by_themselves_when_all_is_worked_out_in_the_name_of_who_changed_it(
    club: Gym, there: Counterpart
) -> None:
    guests = world.group(club.company, "Guests")
    for name in ("Ken", "Leo"):
        world.user(club.company, name, guests)
    right = world.right(guests, club.zones[0], club.always)
    club.tell()
    send(club, there)
    Agent.objects.update(waited_at=timezone.now())
    withdraw(right=right, actor=club.actor)
    there.work()
    assert names(club, there) == {*NAMES, *STAFF, "Ken", "Leo"}
    finish_refreshes()
    there.work()
    assert names(club, there) == {*NAMES, *STAFF}
    assert Run.objects.latest("pk").administrator_id == club.administrator.pk


@pytest.mark.requirement("G-02", mutation="refresh_terminal() without put_off()")
def test_terminal_whose_capabilities_changed_is_put_off_too_and_alone(club: Gym, there: Counterpart) -> None:
    limits = {**gate(club).limits, "name_bytes": 3}
    before = gate(club).capabilities
    Terminal.objects.filter(pk=gate(club).pk).update(limits=limits)
    refresh_terminal(club.company, gate(club).pk, before=before)
    assert set(PendingRefreshUser.objects.values_list("terminal_id", flat=True)) == {gate(club).pk}
    finish_refreshes()
    assert not PendingRefreshUser.objects.exists()


@pytest.mark.requirement("G-02", mutation="renders_like() that is never true")
def test_capability_on_which_no_record_depends_puts_nobody_off(club: Gym, there: Counterpart) -> None:
    """Otherwise a terminal that has more room since its last update has everybody worked out again before anything is sent."""
    limits = {**gate(club).limits, "capacity": 5000, "doors": 2}
    before = gate(club).capabilities
    Terminal.objects.filter(pk=gate(club).pk).update(limits=limits)
    refresh_terminal(club.company, gate(club).pk, before=before)
    assert not PendingRefreshUser.objects.exists()


@contextmanager
def refusing(key: str) -> Iterator[None]:
    """The database refuses to write the holdings under this key, as a damaged one would."""
    made, dropped = SQLITE_REFUSES if connection.vendor == "sqlite" else POSTGRESQL_REFUSES
    with connection.cursor() as cursor:
        cursor.execute(made.format(key=key))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(dropped)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("G-02", mutation="a user who fails not being set aside")
def test_user_who_cannot_be_refreshed_holds_nobody_up_and_is_tried_again(club: Gym, there: Counterpart) -> None:
    members_lose_the_gate(club)
    dave = user("Dave")
    with refusing(str(dave.number)):
        finish_refreshes()
        left = PendingRefreshUser.objects.get()
        assert left.user_id == dave.pk
        assert left.failed_at
        assert Holding.objects.filter(terminal_id=gate(club).pk, state=HoldingState.REMOVE).count() == len(NAMES) - 1
        assert not terminal_statuses([gate(club)])[gate(club).pk].up_to_date
        assert finish_refreshes() == 1  # too soon
    PendingRefreshUser.objects.update(failed_at=timezone.now() - timedelta(minutes=2))
    finish_refreshes()
    assert not PendingRefresh.objects.exists()
    assert Holding.objects.filter(terminal_id=gate(club).pk, state=HoldingState.REMOVE).count() == len(NAMES)


@pytest.mark.requirement("G-02", mutation="refresh_or_put_off always refreshes")
@pytest.mark.requirement("I-03", mutation="people whose number a stranger has are sent before that was worked out")
def test_a_whole_read_that_finds_many_strangers_is_worked_out_after_its_receipt(club: Gym, there: Counterpart) -> None:
    """A used device under the numbers of people who are new: nobody of them is sent, and nothing is overwritten."""
    device, numbers = there.device(club.terminals[0]), [str(number) for number in range(5001, 5006)]
    for number in numbers:
        device.memory[Kind.USER, number] = {"name": f"Fire {number}", "cards": [], "pin": "", "schedules": [], "until": ""}
    for number in numbers:
        club.add(f"Newcomer {number}", club.members, number=int(number))
    finish_refreshes()
    send(club, there, club.terminals[0], mode=Mode.VERIFY)
    newcomers = User.objects.filter(number__in=numbers).values_list("pk", flat=True)
    waiting = PendingRefreshUser.objects.values_list("user_id", "terminal_id")
    assert set(waiting) == {(pk, club.terminals[0].pk) for pk in newcomers}
    assert not terminal_statuses([gate(club)])[gate(club).pk].up_to_date
    assert "Fire 5001" in names(club, there)
    finish_refreshes()
    there.work()
    assert {f"Fire {number}" for number in numbers} <= names(club, there)
    states = Holding.objects.filter(terminal_id=gate(club).pk, key__in=numbers).values_list("state", flat=True)
    assert set(states) == {HoldingState.REFUSED}
