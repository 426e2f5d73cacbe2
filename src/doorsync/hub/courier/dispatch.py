"""Hand batches to agents and take their answers. The same for both couriers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.courier.agent_checks import actor_of, audited, is_newest, is_old, must_say_hello, require_agent
from doorsync.hub.sync.models import Batch, RunTerminal
from doorsync.hub.sync.run.batches import issue_batch
from doorsync.hub.sync.run.consistency import note_change
from doorsync.hub.sync.run.memory_parts import store_part
from doorsync.hub.sync.run.progress import is_due
from doorsync.hub.sync.run.receipts import apply_receipt
from doorsync.hub.sync.run.retries import retry_due_at, retry_terminal
from doorsync.hub.sync.run.runs import OPEN, give_up_overdue
from doorsync.hub.sync.run.unanswerable_batches import note_failure
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.schemas import Refused
from doorsync.messages.sizes import LIMIT

OFTEN = timedelta(seconds=5)  # between two notes that an agent was heard of
PAUSE = 1.0  # seconds until asking again makes sense, when something is under way


def next_batches(agent: Agent, nonce: str, busy: Collection[str] = ()) -> dict[str, Any]:
    """The agent's next batches: one per terminal at most, and none for busy ones. Raises OtherHubKeys."""
    now = timezone.now()
    hub_keys_for(agent)
    if not is_newest(agent, nonce) or is_old(agent) or must_say_hello(agent):
        return {"batches": [], "wait": 0, "hello": True, "idle": False}
    with scope(company=agent.company):
        _note_seen(agent, now)
        retry_due_at(agent, now)
        run_terminals = _open_run_terminals(agent)
        due = [run_terminal for run_terminal in run_terminals if is_due(run_terminal, now)]
        batches = _issued_together([run_terminal for run_terminal in due if run_terminal.terminal.public_id not in busy], nonce)
        for run in {run_terminal.run_id: run_terminal.run for run_terminal in run_terminals}.values():
            with isolated("A run could not be looked at.", company=agent.company.slug, run=run.pk):
                give_up_overdue(run)
        return {
            "batches": [{"terminal": batch.terminal.public_id, "sealed": batch.sealed} for batch in batches],
            "wait": PAUSE,
            "hello": False,
            "idle": not has_open_run_terminals(agent),
        }


def _note_seen(agent: Agent, now: datetime) -> None:
    """Note that the agent was heard of. It asks often while it works, and each write waits for the disk."""
    if agent.seen_at is None or not agent.seen_at <= now < agent.seen_at + OFTEN:
        Agent.objects.filter(pk=agent.pk).update(seen_at=now)


def _issued_together(run_terminals: list[RunTerminal], nonce: str) -> list[Batch]:
    """The batches for these run terminals, as many as fit into one answer. The next answer has the rest."""
    batches, size = [], 0
    for run_terminal in run_terminals:
        if size > LIMIT:
            break
        if batch := _issued(run_terminal, nonce):
            batches.append(batch)
            size += len(batch.sealed)
    return batches


def note_reached(agent: Agent, nonce: str, terminal: str) -> dict[str, Any]:
    """Note that a terminal answers again. The call is only a hint: a false one causes one more try.

    `ok` is false when the terminal is being tried already, or the nonce is old: the agent may repeat the call later.
    """
    if not is_newest(agent, nonce):
        return {"ok": False}
    with scope(company=agent.company):
        found = Terminal.objects.filter(agent=agent, public_id=terminal).first()
        return {"ok": found is None or retry_terminal(found, timezone.now())}


def note_changed(agent: Agent, nonce: str, terminal: str) -> dict[str, Any]:
    """Note that a terminal was changed by others. The call is only a hint: a false one causes a read, once a minute at most.

    `ok` is false when the terminal was read within the last minute, or the nonce is old: the agent may repeat the call later.
    """
    if not is_newest(agent, nonce):
        return {"ok": False}
    with scope(company=agent.company):
        found = Terminal.objects.filter(agent=agent, public_id=terminal).select_related("agent", "company").first()
        return {"ok": found is None or note_change(found, timezone.now())}


def take_receipt(agent: Agent, sealed: str) -> None:
    """Take a receipt. Raises MessageRefused; one that was taken before is Replayed, and harmless."""
    with scope(company=agent.company), audited(agent), _counted(agent, sealed):
        apply_receipt(agent.company, agent, sealed)


def take_part(agent: Agent, sealed: str) -> int:
    """Take a part of a snapshot; returns the number of the next one. Raises MessageRefused; KnownPart for one taken before."""
    with scope(company=agent.company), audited(agent), _counted(agent, sealed):
        return store_part(agent.company, agent, sealed)


def note_refused(agent: Agent, signed: str) -> None:
    """Take an agent's refusal of a batch. The batch stays open until the next hello proves that it was not accepted before."""
    with scope(company=agent.company), audited(agent):
        message = envelope.verify(signed, Refused, agent_keys(agent).sign)
        require_agent(message, agent)
        batch = Batch.objects.filter(agent=agent, hash=message.batch, status=Batch.OPEN).first()
        if batch is None:  # voided already; anybody may replay the message
            return
        Agent.objects.filter(pk=agent.pk).update(nonce="")
        Batch.objects.filter(pk=batch.pk).update(refused=message.code)
        trail.record("batch.refused", actor=actor_of(agent), batch=batch.pk, code=message.code[:32])


@contextmanager
def _counted(agent: Agent, sealed: str) -> Iterator[None]:
    """Count answers that cannot be taken, so that their batch is given up. Errors of the database do not count."""
    try:
        yield
    except OperationalError:
        raise
    except Exception as error:
        note_failure(agent, sealed, error)
        raise


def _issued(run_terminal: RunTerminal, nonce: str) -> Batch | None:
    """The run terminal's next batch; None also when making it fails, so that other terminals still get theirs."""
    with isolated(
        "A terminal's next batch could not be made.", company=run_terminal.company.slug, terminal=run_terminal.terminal_id
    ):
        return issue_batch(run_terminal, nonce)
    return None


def has_open_run_terminals(agent: Agent) -> bool:
    """Whether any run waits for a terminal of this agent."""
    return _open_of_agent.exists(agent=agent.pk)


def with_open_run_terminals() -> set[str]:
    """The public ids of all agents, of whatever company, for whose terminals a run waits."""
    with scopes_disabled():
        run_terminals = RunTerminal.objects.filter(state__in=OPEN, run__closed_at=None).order_by()
        return set(run_terminals.values_list("terminal__agent__public_id", flat=True).distinct())


def _open_run_terminals(agent: Agent) -> list[RunTerminal]:
    """The oldest open run terminal of each of the agent's terminals: runs use a terminal one after the other."""
    first: dict[int, RunTerminal] = {}
    for run_terminal in sorted(_open_of_agent(agent=agent.pk), key=lambda run_terminal: (run_terminal.run_id, run_terminal.pk)):
        first.setdefault(run_terminal.terminal_id, run_terminal)
    return list(first.values())


@compiled
def _open_of_agent(*, agent: Any) -> QuerySet[RunTerminal]:
    open_ones = RunTerminal.objects.filter(terminal__agent=agent, state__in=OPEN, run__closed_at=None)
    return open_ones.order_by().select_related("run", "company", "terminal")
