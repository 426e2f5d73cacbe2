"""Terminals of which nobody knows what they hold: they are read whole, without a press where their agent dials out."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.sync.models import NOBODY, Mode, Run, RunTerminal
from doorsync.hub.sync.plan.plans import Plan, build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import OPEN, join_run, open_run, unreachable
from doorsync.hub.terminals.connectivity import is_connected
from doorsync.hub.terminals.models import Agent, Terminal


def start_reading(agent: Agent) -> Run | None:
    """Open a run that reads this agent's unread terminals, and adds and changes nobody. In the company's scope and turn.

    Where a run is open already, that one reads first; where a browser has to carry, the next press does. One that could not
    be read a moment ago is tried again by the line that failed, ever more rarely.
    """
    unread = Terminal.objects.filter(agent=agent).exclude(unread="")
    served = RunTerminal.objects.filter(terminal__in=unread, state__in=OPEN).values("terminal")
    failed = unreachable(terminal__in=unread, phase="read").values("terminal")
    terminals = frozenset(unread.exclude(pk__in=served).exclude(pk__in=failed).values_list("pk", flat=True))
    if not terminals or not is_connected(agent, timezone.now()):
        return None
    choice, actor = Selection(terminals=terminals, groups=frozenset(NOBODY), mode=Mode.VERIFY), Actor(company_id=agent.company_id)
    planned = _without_number(build_plan(agent.company, choice))
    if running := Run.objects.filter(open_key=choice.key()).first():
        return join_run(running, planned, None, actor)
    run = open_run(agent.company, choice, planned, NOBODY, actor)
    trail.record("run.opened", actor=actor, run=run.pk, mode=run.mode, removals=0, confirmed=None)
    return run


def _without_number(planned: Plan) -> Plan:
    """Nobody typed a number, so none is a ceiling: the guard decides at each batch, and stops a line before the first loss."""
    return replace(planned, lines=tuple(replace(each, over_guard=False) for each in planned.lines))
