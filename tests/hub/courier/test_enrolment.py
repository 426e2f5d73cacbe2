"""An agent's enrolment: it proves its keys, and the answer is the hub's own, about just these keys."""

from __future__ import annotations

import pytest
from django_scopes import scopes_disabled

from doorsync.hub.audit.trail import Actor
from doorsync.hub.courier.enrolment import CodeRefused, enrol_agent
from doorsync.hub.terminals.enrolment import issue_code
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import BadSignature, UnknownKey
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import VERSION, Enrolled, Enrolment
from tests.factories import world

pytestmark = pytest.mark.django_db
KEYS = KeyPairs.generate()


@pytest.fixture
def agent() -> Agent:
    return world.agent(world.company(slug="gym"), "Front desk")


def message(agent: Agent, keys: KeyPairs = KEYS, **said: object) -> Enrolment:
    code = issue_code(agent=agent, actor=Actor(company_id=agent.company_id))
    return Enrolment.model_validate({"code": code, "keys": keys.public.as_dict(), "software": "test 1", **said})


def test_the_answer_is_signed_by_the_hub_and_says_what_the_agent_must_pin(agent: Agent) -> None:
    answer = enrol_agent(envelope.sign(message(agent), KEYS.sign))

    enrolled = envelope.introduced(answer, Enrolled)
    assert enrolled.keys == hub_keys().public.as_dict()
    assert (enrolled.company, enrolled.agent, enrolled.name) == ("gym", agent.public_id, "Front desk")
    assert enrolled.to == KEYS.public.fingerprint(), "whoever took it on its way cannot use it for other keys"
    with scopes_disabled():
        assert Agent.objects.get().keys == KEYS.public.as_dict()


def test_an_older_agent_is_answered_in_its_own_version(agent: Agent) -> None:
    answer = enrol_agent(envelope.sign(message(agent, v=VERSION - 1), KEYS.sign))
    assert envelope.introduced(answer, Enrolled).v == VERSION - 1


def test_who_does_not_hold_the_keys_that_they_bring_uses_no_code_up(agent: Agent) -> None:
    victim, thief = KeyPairs.generate(), KeyPairs.generate()
    said = message(agent, victim)
    with pytest.raises(UnknownKey):
        enrol_agent(envelope.sign(said, thief.sign))
    head, payload, signature = envelope.sign(said, victim.sign).split(".")
    with pytest.raises(BadSignature):
        enrol_agent(f"{head}.{payload}.{'A' * len(signature)}")

    assert enrol_agent(envelope.sign(said, victim.sign))


def test_a_code_that_is_no_good_is_refused_under_its_own_name_and_says_why(agent: Agent) -> None:
    signed = envelope.sign(message(agent), KEYS.sign)
    enrol_agent(signed)
    with pytest.raises(CodeRefused, match="used") as refused:
        enrol_agent(signed)
    assert refused.value.code() == "code-refused"
