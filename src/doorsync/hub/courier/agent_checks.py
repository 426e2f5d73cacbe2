"""Find the agent that a message is from, check its nonce, and audit refused messages."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.clock_skew import has_begun
from doorsync.hub.companies.compiled_queries import compiled_for_all_companies
from doorsync.hub.terminals import hub_epoch
from doorsync.hub.terminals.models import Agent
from doorsync.messages.door_commands import DoorAnswer
from doorsync.messages.errors import (
    DeviceNotYetKnown,
    Downgraded,
    MessageRefused,
    Quarantined,
    TooNew,
    UnknownKey,
    WrongAgent,
    WrongCompany,
)
from doorsync.messages.events import Events
from doorsync.messages.schemas import Hello, Refused

NONCE_LIFE = timedelta(seconds=45)  # the agent's own limit is 60 s
OUTDATED: dict[type[MessageRefused], str] = {
    Downgraded: "This agent is older than the hub takes. Update the agent.",
    TooNew: "This agent is newer than the hub. Update the hub.",
}
QUIET = 3600.0  # seconds in which the same refusal of one agent's messages is written down once
_told: dict[tuple[int, str], float] = {}


def find_agent(public_id: str) -> Agent:
    """The enrolled agent with this public id, of any company. Raises WrongAgent, Quarantined or UnknownKey."""
    agent = _active.first(public_id=public_id)
    if agent is None:
        raise WrongAgent
    if agent.quarantined:
        raise Quarantined
    if not agent.keys:
        raise UnknownKey
    return agent


@compiled_for_all_companies
def _active(*, public_id: Any) -> QuerySet[Agent]:
    return Agent.objects.select_related("company").filter(public_id=public_id, company__active=True)


def is_newest(agent: Agent, nonce: str) -> bool:
    """Whether this is the nonce of the agent's last hello."""
    return bool(agent.nonce) and hmac.compare_digest(agent.nonce, nonce)


def is_old(agent: Agent) -> bool:
    """Whether the agent's last hello was so long ago that another one is due."""
    now = timezone.now()
    return not agent.nonce_at or agent.nonce_at < now - NONCE_LIFE or not has_begun(agent.nonce_at, now)


def must_say_hello(agent: Agent) -> bool:
    """Whether another hello is due first, because the agent has not reported on all its terminals since the hub started."""
    with scope(company=agent.company):
        return hub_epoch.must_say_hello(agent)


def require_agent(message: Hello | Refused | DoorAnswer | Events, agent: Agent) -> None:
    """Check that the message is from this agent. Raises WrongCompany or WrongAgent."""
    if message.company != agent.company.slug:
        raise WrongCompany
    if message.agent != agent.public_id:
        raise WrongAgent


def actor_of(agent: Agent) -> Actor:
    """The agent as an actor in the audit trail."""
    return Actor(company_id=agent.company_id, via="agent", reference=agent.public_id)


@contextmanager
def audited(agent: Agent) -> Iterator[None]:
    """Record refused messages of this agent in the audit trail, once an hour for each code."""
    try:
        yield
    except DeviceNotYetKnown:  # nothing is wrong: at a first sync events may come before the first receipt
        raise
    except MessageRefused as error:
        if _is_news(agent, error.code()):
            trail.record("message.refused", actor=actor_of(agent), code=error.code())
        if text := OUTDATED.get(type(error)):
            raise type(error)(text) from error
        raise


def _is_news(agent: Agent, code: str) -> bool:
    """Whether this refusal is recorded. Anybody who knows an agent's id can cause refusals. Each process counts for itself."""
    now = time.monotonic()
    if now - _told.get((agent.pk, code), -QUIET) < QUIET:
        return False
    _told[agent.pk, code] = now
    return True
