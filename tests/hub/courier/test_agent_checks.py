"""Which agent a message is from, whether its nonce still counts, and what is written down of a refusal."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import agent_checks
from doorsync.hub.courier.agent_checks import QUIET, audited, find_agent, is_newest, is_old
from doorsync.hub.courier.long_poll import has_work
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.reason_codes import QuarantineCode
from doorsync.messages.errors import (
    DeviceNotYetKnown,
    Downgraded,
    Malformed,
    MessageRefused,
    Quarantined,
    TooNew,
    UnknownKey,
    WrongAgent,
)
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart


def test_agent_of_a_company_that_is_off_is_as_good_as_unknown(club: Gym, there: Counterpart, receipt: str) -> None:
    agent = there.row()
    club.company.active = False
    club.company.save()
    with pytest.raises(WrongAgent):
        agent_checks.find_agent(agent.public_id)
    with pytest.raises(WrongAgent):
        has_work(agent.public_id, there.nonce)
    for name, message in (("hello", there.hello_message()), ("next", there.nonce), ("receipt", receipt)):
        said = {"agent": agent.public_id, "hello": message, "nonce": message, "receipt": message}
        answer = Client().post(f"/courier/{name}", said, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]) == (409, "wrong-agent")
    assert not Holding.objects.exclude(held=None).exists()


def test_agent_in_quarantine_is_told_so_and_one_without_keys_is_not_enrolled(club: Gym, there: Counterpart) -> None:
    Agent.objects.update(quarantined=QuarantineCode.TWO_COPIES())
    with pytest.raises(Quarantined):
        find_agent(there.agent.public_id)
    Agent.objects.update(quarantined="", keys={})
    with pytest.raises(UnknownKey):
        find_agent(there.agent.public_id)


@pytest.mark.parametrize(("age", "old"), [(45.0, False), (45.001, True), (-60.0, False), (-60.001, True)])
def test_another_hello_is_due_after_45_seconds_or_when_the_last_one_is_of_a_fast_clock(*, age: float, old: bool) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        assert is_old(Agent(nonce_at=timezone.now() - timedelta(seconds=age))) is old


def test_before_its_first_hello_an_agent_has_no_nonce_that_anybody_could_guess() -> None:
    assert not is_newest(Agent(nonce=""), "")
    assert is_old(Agent(nonce_at=None))


@pytest.mark.parametrize(("error", "side"), [(Downgraded, "Update the agent"), (TooNew, "Update the hub")])
def test_refusal_for_a_version_says_which_side_to_update(
    club: Gym, there: Counterpart, error: type[MessageRefused], side: str
) -> None:
    with pytest.raises(error, match=side), audited(club.agent):
        raise error


def test_the_same_refusal_is_written_down_once_an_hour(club: Gym, there: Counterpart, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 10_000.0
    monkeypatch.setattr(agent_checks, "time", SimpleNamespace(monotonic=lambda: now))
    for _ in range(2):
        refuse(club.agent, Malformed())
    refuse(club.agent, UnknownKey())
    now += QUIET - 1
    refuse(club.agent, Malformed())
    now += 1
    refuse(club.agent, Malformed())
    refuse(club.agent, DeviceNotYetKnown())

    written = [entry.subject["code"] for entry in Entry.objects.filter(event="message.refused").order_by("pk")]
    assert written == ["malformed", "unknown-key", "malformed"]


def refuse(agent: Agent, error: MessageRefused) -> None:
    with pytest.raises(type(error)), audited(agent):
        raise error
