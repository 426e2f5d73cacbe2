"""What gives more at a known moment is in the terminal in time, or the page says beforehand that somebody must press."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.companies.actions import change_company
from doorsync.hub.sync.models import HoldingState, Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.automatic_runs import on_agent_reconnected, send_what_waits
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import Membership, User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import held_of

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)  # 13:00 in Amsterdam

Clock = time_machine.Traveller


@pytest.fixture
def clock(transactional_db: None) -> Iterator[Clock]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def club(clock: Clock) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    counterpart = Counterpart(club.agent)
    sync(club, counterpart)
    return counterpart


def sync(club: Gym, there: Counterpart) -> None:
    start_run(company=club.company, choice=gate(club), confirmed=None, actor=club.actor)
    there.work()
    connect()


def connect() -> None:
    with scopes_disabled():
        Agent.objects.update(waited_at=timezone.now())


def gate(club: Gym) -> Selection:
    return Selection(terminals=frozenset([club.terminals[0].pk]))


def wall(club: Gym, minutes: int) -> str:
    return (timezone.now() + timedelta(minutes=minutes)).astimezone(club.locations[0].zone).strftime("%Y-%m-%dT%H:%M")


def inside(club: Gym, there: Counterpart) -> dict[str, object]:
    return {str(fields["name"]): fields["until"] for fields in there.device(club.terminals[0]).people().values()}


def pass_time(clock: Clock, club: Gym, there: Counterpart, minutes: int) -> None:
    clock.shift(timedelta(minutes=minutes))
    connect()
    apply_due_changes()
    send_what_waits(timezone.now())
    there.work()


@pytest.mark.requirement("I-06", mutation="in_scope(NOBODY) without what is due by the clock; or is_timed() always false")
@pytest.mark.parametrize("pressed", [True, False])
def test_guest_gets_in_at_their_start_without_a_press(clock: Clock, club: Gym, there: Counterpart, pressed: bool) -> None:
    club.add("Guest", club.members, starts=wall(club, 2), expires=wall(club, 60))
    if pressed:
        sync(club, there)
    pass_time(clock, club, there, 1)
    assert "Guest" not in inside(club, there)
    pass_time(clock, club, there, 1)
    assert "Guest" in inside(club, there)


def test_press_for_one_group_sends_nobodys_start_of_another(clock: Clock, club: Gym, there: Counterpart) -> None:
    club.add("Guest", club.staff, starts=wall(club, 2))
    club.add("Newcomer", club.members)
    with scopes_disabled():
        Agent.objects.update(waited_at=None)  # a browser carries
    clock.shift(timedelta(minutes=5))
    apply_due_changes()
    members = Selection(terminals=gate(club).terminals, groups=frozenset([club.members.pk]))
    start_run(company=club.company, choice=members, confirmed=None, actor=club.actor)
    there.work()
    assert {"Guest", "Newcomer"} & set(inside(club, there)) == {"Newcomer"}


def test_guest_gets_in_when_an_agent_that_was_away_at_their_start_is_back(clock: Clock, club: Gym, there: Counterpart) -> None:
    club.add("Guest", club.members, starts=wall(club, 2))
    with scopes_disabled():
        Agent.objects.update(waited_at=None)
    clock.shift(timedelta(minutes=5))
    apply_due_changes()
    club.tell()
    assert not Run.objects.filter(closed_at=None).exists()
    connect()
    on_agent_reconnected(Agent.objects.get(), timezone.now())
    there.hello()
    there.work()
    assert "Guest" in inside(club, there)


@pytest.mark.requirement("I-06", mutation="is_timed() without only_extends()")
def test_extended_stay_is_in_the_terminal_before_the_first_moment(clock: Clock, club: Gym, there: Counterpart) -> None:
    guest = club.add("Guest", club.members, expires=wall(club, 2))
    sync(club, there)
    longer = wall(club, 60)
    User.objects.filter(pk=guest.pk).update(expires=longer)
    club.tell(guest)
    pass_time(clock, club, there, 1)
    assert inside(club, there)["Guest"] == longer
    pass_time(clock, club, there, 2)
    assert "Guest" in inside(club, there)


@pytest.mark.parametrize("starts", ["", "2020-01-01T00:00"])
def test_who_may_come_at_once_waits_for_sync(clock: Clock, club: Gym, there: Counterpart, starts: str) -> None:
    """Also with a start that passed long before anybody knew of it."""
    guest = club.add("Guest", club.members, starts=starts)
    pass_time(clock, club, there, 1)
    club.tell(guest)
    apply_due_changes()
    there.work()
    assert "Guest" not in inside(club, there)


def test_group_that_is_given_after_the_start_waits_for_sync(clock: Clock, club: Gym, there: Counterpart) -> None:
    guest = club.add("Guest", starts=wall(club, 2), expires=wall(club, 500))
    pass_time(clock, club, there, 5)
    guest.memberships.create(company=club.company, group=club.members)
    club.tell(guest)
    pass_time(clock, club, there, 1)
    assert "Guest" not in inside(club, there)


@pytest.mark.requirement("I-06", mutation="the company's setting not asked")
def test_company_that_wants_a_press_for_every_start_gets_none(clock: Clock, club: Gym, there: Counterpart) -> None:
    change_company(company=club.company, actor=club.actor, automatic_starts=False)
    guest = club.add("Guest", club.members, expires=wall(club, 2))
    sync(club, there)
    User.objects.filter(pk=guest.pk).update(expires=wall(club, 60))
    club.tell(guest)
    club.add("Later", club.members, starts=wall(club, 1))
    pass_time(clock, club, there, 2)
    assert not {"Later"} & set(inside(club, there))
    assert inside(club, there)["Guest"] == "2026-12-01T13:02"

    change_company(company=club.company, actor=club.actor, automatic_starts=True)
    there.work()
    assert inside(club, there)["Guest"] == "2026-12-01T14:00"


def test_start_for_which_a_terminal_has_no_room_opens_no_run_after_run(clock: Clock, club: Gym, there: Counterpart) -> None:
    there.device(club.terminals[0]).capabilities = {**there.device(club.terminals[0]).capabilities, "capacity": 3}
    sync(club, there)
    club.add("Guest", club.members, starts=wall(club, 1))
    pass_time(clock, club, there, 2)
    assert "Guest" not in inside(club, there)
    runs = Run.objects.count()
    for _ in range(3):
        pass_time(clock, club, there, 1)
    assert Run.objects.count() == runs
    club.remove(User.objects.get(last_name="Alice"))
    pass_time(clock, club, there, 1)
    assert "Guest" in inside(club, there)


def test_start_that_had_passed_when_it_was_entered_lets_nobody_in_without_a_press(clock: Clock, club: Gym) -> None:
    """Their expiry is due in Amsterdam when they join the group; in New York, where they may come in, nothing is."""
    guest = club.add("Guest", starts=wall(club, -600), expires=wall(club, 30))
    clock.shift(timedelta(minutes=31))
    Membership.objects.create(company=club.company, user=guest, group=club.members)
    with transaction.atomic():
        club.tell(guest)
    row = held_of(guest, club.terminals[2])
    assert row
    assert (row.state, row.timed) == (HoldingState.NEW, False)
