"""The courier's calls over HTTP: what each takes and answers, and what is said of a message that came before."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from doorsync.hub.sync.models import Mode
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run


def call(name: str, **said: str) -> tuple[int, dict[str, Any]]:
    answer = Client().post(f"/courier/{name}", said, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_second_courier_that_brings_a_receipt_is_told_that_it_is_known(club: Gym, there: Counterpart, receipt: str) -> None:
    said = {"agent": there.agent.public_id, "receipt": receipt}
    assert call("receipt", **said) == (200, {"ok": True})
    assert call("receipt", **said) == (200, {"ok": True, "known": True})


def test_a_part_that_came_before_is_known_too_and_the_number_of_the_next_is_said(club: Gym, there: Counterpart) -> None:
    open_run(club, club.terminals[0])
    there.work()
    open_run(club, club.terminals[0], mode=Mode.VERIFY)
    there.page = 1
    there.hello()
    there.take(there.next_sealed())
    first, second, _ = there.device(club.terminals[0]).parts  # of three people and a schedule; the last is in the receipt

    agent = there.agent.public_id
    assert call("part", agent=agent, part=first) == (200, {"ok": True, "next": 2})
    assert call("part", agent=agent, part=second) == (200, {"ok": True, "next": 3})
    assert call("part", agent=agent, part=first) == (200, {"ok": True, "known": True, "next": 3})


def test_no_batch_is_handed_out_for_a_terminal_that_the_courier_names_as_busy(club: Gym, there: Counterpart) -> None:
    names = [terminal.public_id for terminal in club.terminals]
    open_run(club)
    there.hello()
    status, answer = call("next", agent=there.agent.public_id, nonce=there.nonce, busy=f"{names[0]} elsewhere")

    assert status == 200
    assert {batch["terminal"] for batch in answer["batches"]} == {*names[1:]}
    assert "commands" not in answer, "they are for who asks for them"


@pytest.mark.parametrize(
    ("name", "missing"), [("hello", "hello"), ("next", "nonce"), ("receipt", "receipt"), ("part", "part"), ("refused", "refused")]
)
def test_a_call_without_its_message_is_malformed(club: Gym, there: Counterpart, name: str, missing: str) -> None:
    status, answer = call(name, agent=there.agent.public_id)
    assert (status, answer["error"]) == (409, "malformed")
    assert missing in answer["message"]
