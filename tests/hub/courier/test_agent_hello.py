"""A hello: taken once, only from its agent, and with what it says of the agent."""

from __future__ import annotations

import pytest
from django.utils import timezone

from doorsync.hub.courier import agent_hello
from doorsync.hub.terminals.models import Agent
from doorsync.messages.errors import BadSignature, MessageRefused, Replayed, UnknownKey
from doorsync.messages.keys import KeyPairs
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


def test_hello_is_taken_once_and_only_from_its_agent(club: Gym, there: Counterpart) -> None:
    hello = there.hello_message()
    agent_hello.hello(there.row(), hello)
    with pytest.raises(Replayed) as again:
        agent_hello.hello(there.row(), hello)
    assert again.value.details["nonce"] == there.nonce, "a second courier that brought the same may go on with it"
    there.hello()
    with pytest.raises(Replayed) as late:
        agent_hello.hello(there.row(), hello)
    assert set(late.value.details) == {"challenge"}

    others = gym(["Mallory"], other=True)
    mallory = Counterpart(others.agent)
    with pytest.raises(MessageRefused, match="not pinned"):
        agent_hello.hello(there.row(), mallory.hello_message())
    with pytest.raises(BadSignature):
        agent_hello.hello(there.row(), forged(there.hello_message()))


def forged(signed: str) -> str:
    header, payload, signature = signed.split(".")
    return f"{header}.{payload}.{'A' * len(signature)}"


def test_hello_that_was_read_before_the_agent_was_enrolled_anew_is_refused(club: Gym, there: Counterpart) -> None:
    before = there.row()
    Agent.objects.update(keys=KeyPairs.generate().public.as_dict())

    with pytest.raises(UnknownKey):
        agent_hello.hello(before, there.hello_message())
    assert there.row().nonce == "", "who has the old keys gets no work"


def test_hello_that_a_page_brings_makes_nobody_miss_an_agent_that_waited_at_the_hub_before(club: Gym, there: Counterpart) -> None:
    waited = timezone.now()
    Agent.objects.update(waited_at=waited, silent_at=waited)

    there.hello()
    assert there.row().waited_at == waited
    there.dials_out = False
    there.hello()
    assert (there.row().waited_at, there.row().silent_at) == (None, None)


def test_nobody_is_called_for_fresh_keys_while_the_hub_has_the_ones_that_it_had(club: Gym, there: Counterpart) -> None:
    there.hello()
    Agent.objects.update(nonce_at=None, pinned="others")
    assert not agent_hello.should_change_keys(there.row())
