"""Terminals whose contents are unknown. They are read whole, automatically where their agent dials out."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.sync.models import Mode, Run, RunTerminal
from doorsync.hub.sync.plan.plans import Plan, build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import OPEN, join_run, open_run, unreachable
from doorsync.hub.sync.scopes import NOBODY
from doorsync.hub.terminals.connectivity import is_connected
from doorsync.hub.terminals.models import Agent, Terminal


def start_reading(agent: Agent) -> Run | None:
    """Start a run that reads this agent's unread terminals and adds nobody. Call with the company locked, in its scope.

    Left out are terminals with an open run, which reads them first, and those whose reading failed, which their run terminal
    tries again. Where a browser has to carry, nothing starts: the next run does it.
    """
    unread = Terminal.objects.filter(agent=agent).exclude(unread="")
    served = RunTerminal.objects.filter(terminal__in=unread, state__in=OPEN).values("terminal")
    failed = unreachable(terminal__in=unread, phase="read").values("terminal")
    terminals = frozenset(unread.exclude(pk__in=served).exclude(pk__in=failed).values_list("pk", flat=True))
    if not terminals or not is_connected(agent, timezone.now()):
        return None
    choice, actor = Selection(terminals=terminals, groups=NOBODY, mode=Mode.VERIFY), Actor(company_id=agent.company_id)
    planned = _without_number(build_plan(agent.company, choice))
    if running := Run.objects.filter(open_key=choice.key()).first():
        return join_run(running, planned, None, actor)
    run = open_run(agent.company, choice, planned, actor)
    trail.record("run.opened", actor=actor, run=run.pk, mode=run.mode, removals=0, confirmed=None)
    return run


def _without_number(planned: Plan) -> Plan:
    """The plan without a number to type: the guard then decides at each batch, and stops a run terminal before the first loss."""
    return replace(planned, terminal_plans=tuple(replace(each, over_guard=False) for each in planned.terminal_plans))
