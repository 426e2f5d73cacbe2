"""Commands to open doors on their way: each handed out once, to its agent, in time; and the answers that are taken."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.reason import NO_REASON
from doorsync.hub.courier import door_commands, long_poll
from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.terminals.connection import sealed_secret
from doorsync.hub.terminals.door_openings import ask_to_open, waiting_openings
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import DoorOpening, Terminal
from doorsync.messages import envelope
from doorsync.messages.door_commands import DoorCommand
from doorsync.messages.errors import MessageRefused, UnknownCommand, Unsealed, WrongAgent, WrongCompany
from doorsync.messages.keys import KeyPairs
from doorsync.messages.terminal_codes import TerminalCode
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.factories.terminals import until
from tests.hub.terminals.openable import Opener, openable


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def opener(club: Gym) -> Opener:
    return openable(club)


def test_a_command_says_all_that_the_agent_needs_to_find_the_right_door_in_time(opener: Opener) -> None:
    gate = opener.gate
    opener.change(sealed_secret=sealed_secret(gate, "sesame"), options={"doors": "12"})
    opening = opener.ask()
    sealed = opener.fetch_sealed()
    assert "sesame" not in sealed[0]
    assert opener.fetch() == [], "once"
    command = _opened(opener, sealed[0])
    assert (command.id, command.terminal, command.serial, command.door) == (opening.public_id, gate.public_id, "S1", 1)
    assert (command.secret, command.options, command.zone) == ("sesame", {"doors": "12"}, "Europe/Amsterdam")
    assert command.nonce == opener.there.nonce
    assert 1 <= command.nonce_age <= 15


def _opened(opener: Opener, sealed: str) -> DoorCommand:
    return envelope.unseal(sealed, DoorCommand, opener.there.keys, hub_keys().public)


def test_the_time_of_a_command_counts_from_the_hello(opener: Opener) -> None:
    """What the nonce was old already when the door was asked for comes on top, and never more than a nonce lives."""
    opener.change_agent(nonce_at=timezone.now() - timedelta(seconds=30))
    opener.ask()
    (command,) = opener.fetch()
    assert command.nonce_age in (44, 45)


@pytest.mark.parametrize("seconds", [15, 3600])
def test_a_command_whose_time_was_over_before_the_hello_is_not_handed_out(opener: Opener, seconds: int) -> None:
    """Such as where the clock of the hub was put forward since."""
    opener.ask()
    opener.change_agent(nonce_at=timezone.now() + timedelta(seconds=seconds))
    assert opener.fetch() == []


def test_of_processes_that_found_it_at_the_same_time_one_hands_it_out(opener: Opener) -> None:
    opener.ask()
    (found,), agent = waiting_openings(opener.agent, timezone.now()), opener.agent
    assert [len(door_commands._handed_out(agent, found)) for _ in range(3)] == [1, 0, 0]


@pytest.mark.requirement(
    "O-03", mutation="waiting_openings without its look at obstacles: an older agent cannot read the message"
)
def test_an_older_agent_is_given_none(opener: Opener) -> None:
    opener.ask()
    opener.change_agent(version=4)
    assert opener.fetch_sealed() == []


def test_another_agent_is_given_none(opener: Opener, club: Gym) -> None:
    opener.ask()
    other = openable(gym(other=True))
    assert other.fetch_sealed() == []
    assert len(opener.fetch_sealed()) == 1


def test_the_answer_is_written_down_with_its_reason(opener: Opener) -> None:
    opening = opener.ask()
    (command,) = opener.fetch()
    why = {"code": "address-lost", "parameters": {"address": "192.0.2.7"}}
    opener.take(opener.answer(command, "unknown", reason=why))
    stored = opener.stored(opening)
    assert (stored.result, stored.reason) == ("unknown", TerminalCode.ADDRESS_LOST(address="192.0.2.7"))
    assert stored.answered_at
    event, subject = opener.audited()[-1]
    assert (event, subject["result"], subject["code"]) == ("door.not-opened", "unknown", "address-lost")
    assert subject["administrator"] == opener.club.administrator.pk


def test_an_answer_comes_once(opener: Opener) -> None:
    opening = opener.ask()
    (command,) = opener.fetch()
    opener.take(opener.answer(command))
    with pytest.raises(UnknownCommand):
        opener.take(opener.answer(command, "refused"))
    stored = opener.stored(opening)
    assert (stored.result, stored.reason) == ("opened", NO_REASON)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"company": "other"}, WrongCompany),
        ({"agent": "somebody"}, WrongAgent),
        ({"terminal": "elsewhere"}, UnknownCommand),
        ({"id": "0" * 32}, UnknownCommand),
    ],
)
def test_an_answer_about_something_else_is_refused(
    opener: Opener, changed: dict[str, str], refused: type[MessageRefused]
) -> None:
    opening = opener.ask()
    (command,) = opener.fetch()
    with pytest.raises(refused):
        opener.take(opener.answer(command, **changed))
    assert opener.stored(opening).result == ""


def test_an_answer_that_the_agent_did_not_sign_is_refused(opener: Opener) -> None:
    opening = opener.ask()
    (command,) = opener.fetch()
    sealed = opener.answer(command)
    for forged in (sealed[:-9] + ("A" if sealed[-9] != "A" else "B") + sealed[-8:], "rubbish"):
        with pytest.raises(MessageRefused):
            opener.take(forged)
    opener.there.keys = KeyPairs.generate()
    with pytest.raises(MessageRefused) as caught:
        opener.take(opener.answer(command))
    assert not isinstance(caught.value, Unsealed)
    assert opener.stored(opening).result == ""


def post(hub: LiveHub, what: str, **body: str) -> httpx2.Response:
    return httpx2.post(f"{hub.url}/courier/{what}", json=body, timeout=PATIENCE)


def test_next_hands_commands_out_to_who_asks_for_them_and_answers_are_taken(hub: LiveHub, opener: Opener) -> None:
    opening = opener.ask()
    who = {"agent": opener.agent.public_id, "nonce": opener.there.nonce}
    assert "commands" not in post(hub, "next", **who).json(), "such as a page, which carries batches only"
    (sealed,) = post(hub, "next", **who, commands="1").json()["commands"]
    assert post(hub, "next", **who, commands="1").json()["commands"] == []
    answer = opener.answer(_opened(opener, sealed))
    assert post(hub, "answer", agent=who["agent"], answer=answer).json() == {"ok": True}
    again = post(hub, "answer", agent=who["agent"], answer=answer)
    assert (again.status_code, again.json()["error"]) == (409, "unknown-command")
    assert opener.stored(opening).result == "opened"


def test_pages_of_agents_bring_no_answers(hub: LiveHub, opener: Opener) -> None:
    body = {"agent": opener.agent.public_id, "answer": "x"}
    answer = httpx2.post(f"{hub.url}/courier/answer", json=body, headers={"Origin": "http://127.0.0.1:9"}, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]) == (403, "foreign-origin")


def test_an_agent_that_waits_is_woken_to_open_a_door(hub: LiveHub, opener: Opener) -> None:
    who = {"agent": opener.agent.public_id, "nonce": opener.there.nonce}
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(post, hub, "wait", **who)
        until(waiters.anybody, "the agent did not wait")
        opener.ask()
        assert waiting.result(PATIENCE).json() == {"work": True}


def test_work_is_a_command_that_waits_and_nothing_that_was_handed_out(opener: Opener) -> None:
    agent = opener.agent
    assert not long_poll.has_work(agent.public_id, opener.there.nonce)
    opener.ask()
    assert long_poll.has_work(agent.public_id, opener.there.nonce)
    opener.fetch()
    assert not long_poll.has_work(agent.public_id, opener.there.nonce)


def test_a_terminal_whose_secret_cannot_be_opened_holds_up_no_other(opener: Opener, club: Gym) -> None:
    opener.change(sealed_secret=b"broken")
    broken = opener.ask()
    office = club.terminals[1]
    Terminal.objects.filter(pk=office.pk).update(serial="S2", pinned_at=timezone.now(), limits=opener.gate.limits)
    ask_to_open(terminal=Terminal.objects.select_related("company").get(pk=office.pk), door=1, actor=club.actor)
    assert [command.terminal for command in opener.fetch()] == [office.public_id]
    assert DoorOpening.objects.get(pk=broken.pk).sent_at is None
