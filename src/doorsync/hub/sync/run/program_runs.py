"""Runs that a program starts without a browser: for a location, and for everybody there or for one user.

A program is not a person who looks. So nothing goes over the guard: terminals where it would trip are left out, and wait for the
typed number. And after a restore such a run takes away only, until somebody presses Sync.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.errors import NoTerminals
from doorsync.hub.sync.models import Run, RunTerminalState
from doorsync.hub.sync.plan.plans import Plan, TerminalPlan, build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.runs import close_if_done, join_run, open_run
from doorsync.hub.terminals.models import Terminal


def is_dialled_out_to(location_id: int) -> bool:
    """Whether any terminal of this location has an agent that dials out to the hub by itself."""
    return Terminal.objects.filter(location_id=location_id, agent__waited_at__isnull=False).exists()


@transaction.atomic
def start_program_run(*, company: Company, location_id: int, user_id: int | None, actor: Actor) -> Run:
    """Start a run for this location, or join the open one. In the company's scope. Raises NoTerminals."""
    lock_company(company)
    choice = Selection(locations=frozenset([location_id]), user=user_id)
    planned = build_plan(company, choice)
    if not planned.terminal_plans:
        raise NoTerminals
    free = replace(
        planned, terminal_plans=tuple(terminal_plan for terminal_plan in planned.terminal_plans if not terminal_plan.over_guard)
    )
    if running := Run.objects.filter(open_key=choice.key()).first():
        return join_run(running, free, None, actor)
    run = open_run(company, choice, _without_number(planned), actor)
    run.run_terminals.filter(terminal__restored_at__isnull=False).update(only_removals=True)
    _stop(run, [terminal_plan for terminal_plan in planned.terminal_plans if terminal_plan.over_guard])
    trail.record("run.opened", actor=actor, run=run.pk, mode=run.mode, removals=free.removed, confirmed=None)
    return run


def _without_number(planned: Plan) -> Plan:
    return replace(planned, terminal_plans=tuple(replace(each, over_guard=False) for each in planned.terminal_plans))


def _stop(run: Run, terminal_plans: list[TerminalPlan]) -> None:
    """What the first batch would find out: these wait for a number."""
    for each in terminal_plans:
        message = RunTerminalCode.STOPPED(removals=each.removed)
        run.run_terminals.filter(terminal=each.terminal).update(state=RunTerminalState.REFUSED, message=message)
    close_if_done(run)
