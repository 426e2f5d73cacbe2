"""Holding doors open, locking them down and giving them back, from their pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.administrators.models import Level
from doorsync.hub.terminals.models import DoorOpening, DoorState
from tests.factories.desk import Desk, desk_of
from tests.factories.gym import Gym, gym
from tests.hub.terminals.openable import Opener, colleague, openable
from tests.hub.web.terminals.test_opening_views import address, told


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def opener(club: Gym) -> Opener:
    made = openable(club)
    made.change(limits=Capabilities(remote_doors=("1",), mode_doors=("1",)).as_dict())
    return made


@pytest.fixture
def desk(club: Gym) -> Desk:
    return desk_of(club)


def bare(page: str) -> str:
    """Without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def answered(opener: Opener, result: str, mode: str = "") -> None:
    (command,) = opener.fetch()
    opener.take(opener.answer(command, result, mode=mode))


@pytest.mark.requirement("W-02", mutation="held open said before the terminal has confirmed it")
def test_a_door_is_held_open_by_its_name_and_the_page_says_by_whom_and_until_when(desk: Desk, opener: Opener, club: Gym) -> None:
    assert "Hold “Gate” open?" in desk.read(address(opener, "mode/hold/"))
    assert desk.send(address(opener, "mode/hold/"), door="1", minutes="30")[0] == 303
    assert re.search(r"waiting for the terminal +Asked to hold open at", told(desk, opener))
    answered(opener, "done", "held-open")
    sentence = rf"held open ?Held open since [0-9:]+ \w+ by {club.administrator} until [0-9:]+ \w+\."
    for page in (told(desk, opener), *(bare(desk.read(each)) for each in ("/doors/", "/overview/"))):
        assert re.search(sentence, page), page
    assert address(opener, "mode/back/") in desk.read(address(opener))


def test_what_was_told_and_not_confirmed_is_loud(desk: Desk, opener: Opener) -> None:
    desk.send(address(opener, "mode/lock-down/"), door="1")
    answered(opener, "unknown", "schedule")
    assert "told, not confirmed" in told(desk, opener)
    assert "look at the door, and tell it again. When it was last read back, its schedules decided." in told(desk, opener)
    assert "told, not confirmed" in desk.read("/doors/")
    assert "told, not confirmed" in desk.read("/overview/")


def test_a_hold_that_is_over_and_not_given_back_is_loud_though_the_agent_is_away(desk: Desk, opener: Opener) -> None:
    desk.send(address(opener, "mode/hold/"), door="1", minutes="5")
    answered(opener, "done", "held-open")
    DoorState.objects.update(until=timezone.now() - timedelta(seconds=1))
    opener.change_agent(waited_at=None)
    assert "may be open still" in told(desk, opener)
    assert "may be open still" in desk.read("/overview/")


def test_a_door_that_was_given_back_is_as_usual(desk: Desk, opener: Opener) -> None:
    desk.send(address(opener, "mode/lock-down/"), door="1")
    answered(opener, "done", "locked-down")
    assert "locked down" in told(desk, opener)
    assert desk.send(address(opener, "mode/back/"), door="1")[0] == 303
    answered(opener, "done", "schedule")
    assert "locked down" not in told(desk, opener)
    assert "Doors that are not as usual" not in desk.read("/overview/")


def test_a_location_is_locked_down_and_doors_that_were_not_told_are_named(desk: Desk, opener: Opener, club: Gym) -> None:
    place = opener.gate.location
    question = desk.read(f"/doors/lock-down/?location={place.pk}&do=lock-down")
    assert f"Lock “{place.name}” down?" in question
    assert desk.send("/doors/lock-down/", location=str(place.pk), do="lock-down")[0] == 303
    assert [(each.told, each.terminal_id) for each in DoorState.objects.all()] == [("locked-down", opener.gate.pk)]
    assert "1 door is being told." in desk.read("/doors/")
    opener.change(lost_at=timezone.now())
    assert "It is not reached." in desk.read(f"/doors/lock-down/?location={place.pk}&do=back")
    desk.send("/doors/lock-down/", location=str(place.pk), do="back")
    assert "Not told: Gate: It is not reached." in desk.read("/doors/")


def test_hours_that_are_not_offered_and_other_words_change_nothing(desk: Desk, opener: Opener) -> None:
    assert desk.send(address(opener, "mode/hold/"), door="1", minutes="100000")[0] == 409
    assert desk.send(address(opener, "mode/hold/"), door="1")[0] == 409
    assert desk.send(address(opener, "mode/evacuate/"), door="1")[0] == 404
    assert not DoorOpening.objects.exists()


def test_an_observer_sees_the_mode_and_changes_nothing(desk: Desk, opener: Opener, club: Gym) -> None:
    desk.send(address(opener, "mode/lock-down/"), door="1")
    answered(opener, "done", "locked-down")
    colleague(club, Level.OBSERVER)
    observer = desk_of(club, "colleague")
    assert "Locked down since" in told(observer, opener)
    assert "mode/back/" not in observer.read(address(opener))
    assert observer.send(address(opener, "mode/back/"), door="1")[0] == 403
    assert observer.send("/doors/lock-down/")[0] == 403
