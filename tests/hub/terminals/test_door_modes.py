"""Doors that are held open, locked down and given back: what is confirmed, and ends that are never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.terminals.door_modes import (
    AGAIN,
    ask_for_mode,
    end_holds,
    is_as_usual,
    is_confirmed,
    is_over,
    lock_down,
    mode_obstacle,
)
from doorsync.hub.terminals.door_openings import LATEST, LIFE
from doorsync.hub.terminals.errors import AlreadyBeingOpened, DoorNotOpenable
from doorsync.hub.terminals.models import DoorOpening, DoorState
from tests.factories.gym import Gym, gym
from tests.hub.terminals.openable import Opener, openable

HOUR = timedelta(hours=1)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def opener(club: Gym) -> Opener:
    made = openable(club)
    made.change(limits=Capabilities(remote_doors=("1",), mode_doors=("1",)).as_dict())
    return made


def ask(opener: Opener, do: str, *, hours: float = 0) -> DoorState:
    until = timezone.now() + hours * HOUR if hours else None
    return ask_for_mode(terminal=opener.gate, door=1, do=do, actor=opener.club.actor, until=until)


def answered(opener: Opener, result: str, mode: str = "") -> DoorState:
    (command,) = opener.fetch()
    opener.take(opener.answer(command, result, mode=mode))
    return DoorState.objects.get()


def test_a_hold_is_confirmed_by_what_was_read_back_and_by_nothing_else(opener: Opener) -> None:
    assert not is_confirmed(ask(opener, "hold", hours=1))
    assert is_confirmed(answered(opener, "done", "held-open"))
    ask(opener, "lock-down")
    assert not is_confirmed(answered(opener, "unknown", "held-open"))
    ask(opener, "back")
    state = answered(opener, "done", "schedule")
    assert (is_confirmed(state), is_as_usual(state)) == (True, True)
    events = [event for event, _ in opener.audited()]
    assert events == [
        "door.hold-asked",
        "door.mode-confirmed",
        "door.lock-down-asked",
        "door.mode-not-confirmed",
        "door.back-asked",
        "door.mode-confirmed",
    ]


def test_the_agent_is_told_for_how_long(opener: Opener) -> None:
    ask(opener, "hold", hours=1)
    (command,) = opener.fetch()
    assert (command.do, command.door) == ("hold", 1)
    assert 3590 < command.seconds <= 3600
    assert opener.fetch() == [], "once"


@pytest.mark.parametrize(("do", "hours"), [("hold", 0), ("hold", 25), ("lock-down", 1), ("hold", -1)])
def test_a_hold_has_an_end_within_a_day_and_nothing_else_has_one(opener: Opener, do: str, hours: float) -> None:
    with pytest.raises(DoorNotOpenable):
        ask(opener, do, hours=hours)
    assert not DoorOpening.objects.exists()


@pytest.mark.requirement("O-03", mutation="a command of version 6 made for whatever version the agent speaks")
def test_an_older_agent_and_a_make_that_cannot_are_never_sent_one(opener: Opener) -> None:
    opener.change_agent(version=5)
    assert mode_obstacle(opener.gate, timezone.now())
    with pytest.raises(DoorNotOpenable):
        ask(opener, "hold", hours=1)
    opener.change_agent(version=6)
    opener.change(limits=Capabilities(remote_doors=("1",)).as_dict())
    assert mode_obstacle(opener.gate, timezone.now())
    with pytest.raises(DoorNotOpenable):
        ask(opener, "hold", hours=1)
    assert not DoorOpening.objects.exists()


def test_an_agent_that_was_replaced_by_an_older_one_meanwhile_is_not_sent_it(opener: Opener) -> None:
    ask(opener, "lock-down")
    opener.change_agent(version=5)
    assert opener.fetch() == []


def test_two_changes_never_overtake_each_other(opener: Opener) -> None:
    ask(opener, "hold", hours=1)
    with pytest.raises(AlreadyBeingOpened):
        ask(opener, "lock-down")


@pytest.mark.requirement("R-02", mutation="a hold whose end the hub does not look for")
def test_the_end_of_a_hold_is_told_again_until_it_is_confirmed(opener: Opener) -> None:
    ask(opener, "hold", hours=1)
    answered(opener, "done", "held-open")
    assert end_holds(timezone.now()) == 0
    DoorState.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert is_over(DoorState.objects.get(), timezone.now())
    assert end_holds(timezone.now()) == 1
    assert end_holds(timezone.now()) == 0, "it was only just told"
    state = answered(opener, "not-reached")
    assert not is_confirmed(state)
    DoorState.objects.update(tried_at=timezone.now() - AGAIN)
    assert end_holds(timezone.now()) == 1
    assert is_as_usual(answered(opener, "done", "schedule"))
    DoorState.objects.update(tried_at=timezone.now() - AGAIN)
    assert end_holds(timezone.now()) == 0


def test_a_hold_that_is_over_while_the_agent_is_away_stays_due(opener: Opener) -> None:
    ask(opener, "hold", hours=1)
    answered(opener, "done", "held-open")
    DoorState.objects.update(until=timezone.now() - timedelta(seconds=1))
    opener.change_agent(waited_at=None)
    assert end_holds(timezone.now()) == 0
    assert is_over(DoorState.objects.get(), timezone.now())
    opener.change_agent(waited_at=timezone.now())
    assert end_holds(timezone.now()) == 1


def test_a_lock_down_is_not_ended_by_the_hold_before_it(opener: Opener) -> None:
    ask(opener, "hold", hours=1)
    answered(opener, "done", "held-open")
    ask(opener, "lock-down")
    answered(opener, "done", "locked-down")
    assert end_holds(timezone.now() + 2 * HOUR) == 0


def test_a_late_answer_says_nothing_of_what_was_told_after_it(opener: Opener) -> None:
    ask(opener, "hold", hours=1)
    (command,) = opener.fetch()
    opener.let_pass(DoorOpening.objects.get(), (LIFE + LATEST).total_seconds() + 1)
    ask(opener, "lock-down")
    opener.take(opener.answer(command, "done", mode="held-open"))
    assert DoorState.objects.get().read == ""


def test_a_lock_down_of_a_location_names_the_doors_that_were_not_told(opener: Opener, club: Gym) -> None:
    told = lock_down(terminals=[opener.gate, club.terminals[1]], actor=club.actor)
    assert told.asked == 1
    assert [name for name, why in told.left_out if why] == [club.terminals[1].name]
    assert [command.do for command in opener.fetch()] == ["lock-down"]
