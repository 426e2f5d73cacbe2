"""Runs that nobody pressed for: a removal goes out at once, and what a terminal missed is sent when it is back.

Only where an agent waits at the hub, so that no browser is needed. Over the guard nothing goes out by itself: the
removals stay pending, and the sync page asks for the typed count.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.domain.record import Kind
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.choices import Choice
from doorsync.hub.sync.models import Holding, Line, LineState, Run, State
from doorsync.hub.sync.plans import plan
from doorsync.hub.sync.runs import choice_of, join, open_run, retry
from doorsync.hub.terminals.models import Agent, Terminal

CONNECTED = timedelta(minutes=2)  # an agent waits anew every 25 s
PAUSE = timedelta(seconds=20)  # between two tries at a terminal that did not answer; one try lasts up to a minute
NOBODY = [0]  # no group has this id: the run removes, and adds or changes nobody


def connected_since(now: datetime) -> datetime:
    """Agents that waited after this moment are connected."""
    return now - CONNECTED


def remove_at_once(company: Company, actor: Actor) -> Run | None:
    """Open a run in the author's name for removals that are pending at connected terminals, in his transaction and scope."""
    agents = Agent.objects.filter(waited_at__gt=connected_since(timezone.now())).values("pk")
    pending = Holding.objects.filter(kind=Kind.USER, state=State.REMOVE).values("terminal_id")
    terminals = frozenset(Terminal.objects.filter(agent__in=agents, pk__in=pending).values_list("pk", flat=True))
    if not terminals:
        return None
    free = frozenset(line.terminal.pk for line in plan(company, Choice(terminals=terminals)).lines if not line.over_guard)
    if free != terminals:
        trail.record("run.held-back", actor=actor, terminals=len(terminals - free))
    choice = Choice(terminals=free, groups=frozenset(NOBODY))
    if not free:
        return None
    planned = plan(company, choice)
    if running := Run.objects.filter(open_key=choice.key()).first():
        return join(running, planned, None, actor)
    run = open_run(company, choice, planned, NOBODY, actor)
    trail.record("run.opened", actor=actor, run=run.pk, mode=run.mode, removals=len(free), confirmed=None)
    return run


def catch_up(now: datetime) -> int:
    """Try terminals again that did not answer, without end; returns how many runs that opened."""
    with scopes_disabled():
        lines = Line.objects.filter(
            ~Q(changed_at__range=(now - PAUSE, now)),  # after now: the clock was put back
            state=LineState.NOT_REACHED,
            terminal__lost_at__isnull=False,
            terminal__agent__waited_at__gt=connected_since(now),
        )
        last = {line.terminal_id: line for line in lines.select_related("run__company").order_by("run_id")}
    return sum(_try_again(line) for line in last.values())


def _try_again(line: Line) -> bool:
    """Unless something newer is under way at this terminal, or nothing is left to send to it."""
    with scope(company=line.company):
        newer = Line.objects.filter(terminal=line.terminal_id, run_id__gt=line.run_id).exists()
        left = Holding.objects.filter(terminal_id=line.terminal_id, state__in=(State.REMOVE, State.CHANGED, State.NEW)).exists()
        if newer or not left or (line.run.open_key is None and Run.objects.filter(open_key=choice_of(line.run).key()).exists()):
            return False
        retry(run=line.run, actor=Actor(company_id=line.company_id, via="hub"))
        return True
