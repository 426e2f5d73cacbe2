"""Opening a door from its page: the question, who may, and what the page says of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.terminals.door_openings import LATEST, LIFE
from doorsync.hub.terminals.models import DoorOpening
from tests.factories.desk import Desk, desk_of
from tests.factories.gym import Gym, gym
from tests.hub.terminals.openable import Opener, colleague, openable


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def opener(club: Gym) -> Opener:
    return openable(club)


@pytest.fixture
def desk(club: Gym) -> Desk:
    return desk_of(club)


def address(opener: Opener, what: str = "") -> str:
    return f"/doors/{opener.gate.public_id}/{what}"


def told(desk: Desk, opener: Opener) -> str:
    """What the page says of opening, without its tags."""
    part = desk.read(address(opener, "openings/"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", part)).strip()


def test_page_asks_once_by_the_name_of_the_door_and_says_who_opened_it(desk: Desk, opener: Opener, club: Gym) -> None:
    assert 'href="' + address(opener, 'open/?door=1"') in desk.read(address(opener))
    question = desk.read(address(opener, "open/"))
    assert "Open “Gate”?" in question
    assert not DoorOpening.objects.exists(), "a look opens nothing"
    assert desk.send(address(opener, "open/"), door="1") == (303, address(opener, "#openings"))
    assert re.search(r"^waiting for the terminal .* asked for it at [0-9:]+ \w+\. *Look again", told(desk, opener))
    assert desk.get(address(opener, "openings/"))["X-Waiting"] == "1"
    (command,) = opener.fetch()
    opener.take(opener.answer(command))
    assert re.search(rf"opened *Opened by {club.administrator} at [0-9:]+ \w+\.$", told(desk, opener))
    assert desk.get(address(opener, "openings/"))["X-Waiting"] == "0"


def test_the_page_fetches_again_only_while_something_is_awaited(desk: Desk, opener: Opener) -> None:
    assert "terminals/openings.js" not in desk.read(address(opener))
    opening = opener.ask()
    page = desk.read(address(opener))
    assert "terminals/openings" in page
    assert 'data-waiting="1"' in page
    opener.let_pass(opening, LIFE.total_seconds())
    assert "terminals/openings.js" not in desk.read(address(opener))


@pytest.mark.parametrize(
    ("result", "sentences"),
    [
        ("refused", "not opened .* The terminal did not open it. The terminal refused the request."),
        ("not-reached", "not opened .* The terminal was not reached. The terminal refused the request."),
        ("other-device", "not opened .* Another device answers at this address. Nothing was sent to it.$"),
        ("expired", "not opened .* The terminal was busy until it was too late.$"),
        ("unknown", "not known .* did not answer. Nobody knows whether it opened. The terminal refused the request."),
    ],
)
def test_page_says_why_it_did_not_open(desk: Desk, opener: Opener, result: str, sentences: str) -> None:
    opener.ask()
    (command,) = opener.fetch()
    opener.take(opener.answer(command, result, reason={"code": "request-refused"}))
    assert re.search(sentences, told(desk, opener))
    assert "Opened by" not in told(desk, opener)


def test_page_says_what_is_known_when_no_answer_comes(desk: Desk, opener: Opener) -> None:
    opening = opener.ask()
    opener.let_pass(opening, LIFE.total_seconds())
    assert re.search("not opened .* Its agent did not ask for it in time.", told(desk, opener))
    second = opener.ask()
    opener.fetch()
    opener.let_pass(second, (LIFE + LATEST).total_seconds())
    assert re.search("not known .* Its agent did not answer. Nobody knows whether it opened.", told(desk, opener))


def test_a_door_that_is_not_reached_has_no_button_and_says_since_when(desk: Desk, opener: Opener) -> None:
    opener.change(lost_at=timezone.now())
    assert re.search(r"^Not reached since [0-9:]+ \w+\.$", told(desk, opener))
    assert address(opener, "open/") not in desk.read(address(opener))
    status, text = desk.send(address(opener, "open/"), door="1")
    assert (status, "It is not reached." in text, "Open it now" in text) == (409, True, False)
    assert "It is not reached." in desk.read(address(opener, "open/"))


@pytest.mark.requirement("O-03", mutation="the button shown whatever version the agent speaks")
def test_an_older_agent_has_to_be_updated_first(desk: Desk, opener: Opener) -> None:
    opener.change_agent(version=4)
    assert told(desk, opener) == "Its agent is too old to open doors: update the agent."
    assert desk.send(address(opener, "open/"), door="1")[0] == 409
    assert not DoorOpening.objects.exists()


def test_each_door_of_a_terminal_with_several_has_its_button(desk: Desk, opener: Opener) -> None:
    opener.change(limits=Capabilities(remote_doors=("1", "3")).as_dict())
    assert re.search("Open door 1 *Open door 3", told(desk, opener))
    assert "Open door 3 of “Gate”?" in desk.read(address(opener, "open/?door=3"))
    assert "It is not said which of its doors." in desk.read(address(opener, "open/"))
    assert desk.send(address(opener, "open/"), door="2")[0] == 409
    assert desk.send(address(opener, "open/"), door="3")[0] == 303
    assert "Door 3" in told(desk, opener)
    assert [command.door for command in opener.fetch()] == [3]


def test_a_second_press_opens_nothing_twice(desk: Desk, opener: Opener) -> None:
    assert desk.send(address(opener, "open/"), door="1")[0] == 303
    status, text = desk.send(address(opener, "open/"), door="1")
    assert (status, "is being opened at this moment" in text) == (409, True)
    assert len(opener.fetch()) == 1


@pytest.mark.parametrize("level", [Level.MANAGER, Level.FRONT_DESK])
def test_manager_and_front_desk_open_doors_in_their_name(opener: Opener, club: Gym, level: Level) -> None:
    person = colleague(club, level)
    assert desk_of(club, "colleague").send(address(opener, "open/"), door="1")[0] == 303
    assert DoorOpening.objects.get().administrator == person


def test_an_observer_sees_who_opened_and_opens_nothing(desk: Desk, opener: Opener, club: Gym) -> None:
    desk.send(address(opener, "open/"), door="1")
    colleague(club, Level.OBSERVER)
    observer = desk_of(club, "colleague")
    assert told(observer, opener).startswith("Your level does not open doors.")
    assert observer.send(address(opener, "open/"), door="1")[0] == 403
    assert DoorOpening.objects.count() == 1


def test_who_asked_and_is_gone_is_said_so(desk: Desk, opener: Opener, club: Gym) -> None:
    colleague(club, Level.MANAGER)
    desk_of(club, "colleague").send(address(opener, "open/"), door="1")
    Administrator.objects.filter(username="colleague").delete()
    assert "somebody who is not here any more asked for it" in told(desk, opener)


def test_list_says_which_doors_can_be_opened(desk: Desk, opener: Opener, club: Gym) -> None:
    def buttons() -> list[Any]:
        return re.findall(r'href="(/doors/[^"]+/open/)', desk.read("/doors/"))

    assert buttons() == [address(opener, "open/")]
    opener.change(lost_at=timezone.now())
    assert buttons() == []
