"""Whether agents are connected, and the audit of those that fell silent. `SILENT` is the one meaning of "connected"."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.terminals.models import Agent

SILENT = timedelta(seconds=100)  # agents poll every 25 s; with the scheduler's 5 s, silence shows within two minutes


def heard_at(agent: Agent) -> datetime | None:
    """When an agent that dials out by itself was last heard of; None for one that never did."""
    return max(agent.waited_at, agent.seen_at or agent.waited_at) if agent.waited_at else None


def silent_since(agent: Agent, now: datetime) -> datetime | None:
    """When the agent was last heard of, if that is longer ago than `SILENT`; else None."""
    heard = heard_at(agent)
    return heard if heard and heard < now - SILENT else None


def is_connected(agent: Agent, now: datetime) -> bool:
    """Whether the agent dials out and was heard of within the last `SILENT`."""
    return heard_at(agent) is not None and silent_since(agent, now) is None


def connected_agents(now: datetime, path: str = "") -> Q:
    """A filter for agents that dial out and were heard of lately. It looks at both times, as a busy agent does not wait."""
    lately = {f"{path}{name}__gt": now - SILENT for name in ("waited_at", "seen_at")}
    return Q(**{f"{path}waited_at__isnull": False}) & (Q(*lately.items(), _connector=Q.OR))


def note_silence(now: datetime) -> int:
    """Audit agents that went silent or are back; returns how many. Several processes may call this at once."""
    with scopes_disabled():
        for name in ("waited_at", "seen_at"):  # the clock was put back: nobody was heard of later than now
            Agent.objects.filter(**{f"{name}__gt": now + AHEAD}).update(**{name: now})
        enrolled = Agent.objects.filter(waited_at__isnull=False, keys__isnull=False, quarantined="", company__active=True)
        agents = enrolled.annotate(heard=Greatest("waited_at", Coalesce("seen_at", "waited_at")))
        changed = agents.filter(Q(silent_at=None, heard__lt=now - SILENT) | Q(heard__gt=F("silent_at")))
        return sum(_noted(agent, now) for agent in list(changed))


def _noted(agent: Agent, now: datetime) -> bool:
    with isolated("An agent's silence could not be written down.", agent=agent.public_id):
        return _note(agent, now)
    return False


def _note(agent: Agent, now: datetime) -> bool:
    silent = silent_since(agent, now)
    if silent is None and agent.silent_at is None:
        return False
    with scope(company=agent.company_id), transaction.atomic():
        claimed = Agent.objects.filter(pk=agent.pk, silent_at=agent.silent_at, waited_at=agent.waited_at).update(silent_at=silent)
        if claimed:
            event = "agent.silent" if silent else "agent.heard-again"
            trail.record(event, actor=Actor(company_id=agent.company_id, reference=agent.public_id), agent=agent.pk)
    return bool(claimed)
