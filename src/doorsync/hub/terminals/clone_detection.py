"""Detect that an agent runs twice: a copied disk, a cloned machine, or one that was put back from a backup.

Every hello has a count that only rises and is on the agent's disk before the hello leaves. So one agent never says two
things with one count, and never says a count that the hub has taken already, after the hub has taken it. Old hellos can be
repeated by anybody, and late ones come by themselves: they prove nothing and are only refused. See
docs/decisions/cloned-agents.md.
"""

from __future__ import annotations

import secrets
from enum import Enum

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.reason_codes import QuarantineCode


class CloneVerdict(Enum):
    """What a rightly signed hello is."""

    NEW = "new"
    LATE = "late"
    COPY = "copy"


def clone_verdict(agent: Agent, *, count: int, digest: str, challenge: str) -> CloneVerdict:
    """Judge a hello by its count, a digest of what it says, and the challenge that it answers."""
    if count > agent.hello_count:
        return CloneVerdict.NEW
    if count == agent.hello_count and agent.hello_digest and digest != agent.hello_digest:
        return CloneVerdict.COPY
    if challenge and challenge == agent.challenge and count <= agent.challenge_count:
        return CloneVerdict.COPY  # it was said after the hub had taken that count, by somebody who did not know it
    return CloneVerdict.LATE


def raise_challenge(agent: Agent) -> str:
    """What a living agent is to repeat in its next hello. The same until the count has moved, so that floods change nothing."""
    if not agent.challenge or agent.challenge_count != agent.hello_count:
        agent.challenge, agent.challenge_count = secrets.token_hex(16), agent.hello_count
        agent.save(update_fields=["challenge", "challenge_count"])
    return agent.challenge


def quarantine_agent(agent: Agent, *, actor: Actor) -> None:
    """Take nothing from it any more, and send it nothing, until it is enrolled again. In the caller's transaction."""
    agent.quarantined, agent.nonce = QuarantineCode.TWO_COPIES(), ""
    agent.save(update_fields=["quarantined", "nonce"])
    trail.record("agent.quarantined", actor=actor, agent=agent.pk, reason="two-copies", count=agent.hello_count)
