"""Look for work for many waiting agents at once, of whatever companies, with a few statements.

It answers only where that is plain: an agent that was away, is refused, or may have a door to open is looked at alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.courier import agent_hello
from doorsync.hub.courier.agent_checks import is_newest
from doorsync.hub.sync.models import RunTerminal
from doorsync.hub.sync.run.runs import OPEN
from doorsync.hub.terminals.connectivity import SILENT
from doorsync.hub.terminals.hub_epoch import confirmed_agents
from doorsync.hub.terminals.models import Agent, DoorOpening

Wait = tuple[str, str]  # the agent's public id, and its nonce
NEEDED = ("public_id", "nonce", "nonce_at", "pinned")


def find_work(waits: Sequence[Wait]) -> list[bool | None]:
    """Whether each of these agents should ask for batches now; None for one that has to be looked at alone.

    Says the same as `long_poll.has_work`, and notes as it does that the agents wait.
    """
    now = timezone.now()
    with scopes_disabled():
        there = _there(waits, now)
        noted = _note_waiting([agent.pk for agent in there.values()], now)
        busy, opening = _with_runs(noted), _with_openings(noted, now)

    def work(name: str, nonce: str) -> bool | None:
        agent = there.get(name)
        if agent is None or agent.pk not in noted or agent.pk in opening or not is_newest(agent, nonce):
            return None
        return agent.pk in busy or agent_hello.should_change_keys(agent)

    return [work(*wait) for wait in waits]


def _there(waits: Sequence[Wait], now: datetime) -> dict[str, Agent]:
    """Those that were not away, and need not say hello first, by public id."""
    nonces = dict(waits)
    enrolled = confirmed_agents().filter(public_id__in=nonces, company__active=True, quarantined="", keys__isnull=False)
    agents = enrolled.filter(waited_at__gte=now - SILENT).only(*NEEDED)
    return {agent.public_id: agent for agent in agents if is_newest(agent, nonces[agent.public_id])}


def _note_waiting(agents: Collection[int], now: datetime) -> set[int]:
    """Note that these agents wait; returns which. A row that somebody else holds is left out: nobody waits for it here."""
    with transaction.atomic():
        free = Agent.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=agents)
        noted = set(free.values_list("pk", flat=True))
        Agent.objects.filter(pk__in=noted).update(seen_at=now, waited_at=now)
    return noted


def _with_runs(agents: Collection[int]) -> set[int]:
    """Those for whose terminals a run waits."""
    waiting = RunTerminal.objects.filter(terminal__agent__in=agents, state__in=OPEN, run__closed_at=None).order_by()
    return set(waiting.values_list("terminal__agent", flat=True))


def _with_openings(agents: Collection[int], now: datetime) -> set[int]:
    """Those that may have a door to open."""
    asked = DoorOpening.objects.filter(terminal__agent__in=agents, sent_at=None, result="", expires_at__gt=now).order_by()
    return set(asked.values_list("terminal__agent", flat=True))
