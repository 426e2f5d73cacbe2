"""Batches: the next pending holdings of a terminal as signed and sealed orders. At most one is open per terminal."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from doorsync.domain.capabilities import Readback
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.companies.transactions import lock_company, write_turn
from doorsync.hub.sync import crash_points
from doorsync.hub.sync.holdings.key_forms import drop_never_sent
from doorsync.hub.sync.holdings.pending_holdings import PUT
from doorsync.hub.sync.holdings.places import Places
from doorsync.hub.sync.holdings.snapshot import drop_parts, forget_what_is_held, forget_what_was_touched
from doorsync.hub.sync.holdings.wanted_refresh import digest_key, refresh_holdings
from doorsync.hub.sync.models import Batch, Holding, Problem, RunTerminal, RunTerminalState
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.batch_orders import Prepared, is_fresh, prepared_orders, rendered_rows
from doorsync.hub.sync.run.confirmed_removals import users_removed
from doorsync.hub.sync.run.credential_handover import Rendered, hand_over_credentials
from doorsync.hub.sync.run.locked_rows import locked_run_terminal, locked_terminal
from doorsync.hub.sync.run.run_terminal_states import (
    READS,
    WHOLE,
    end_unread,
    next_pending,
    settle_run_terminal,
    stop_over_ceiling,
)
from doorsync.hub.sync.run.runs import close_if_done, try_refused_later
from doorsync.hub.sync.run.schedule_handover import wait_for_schedules
from doorsync.hub.sync.run.unreadable_terminals import what_takes_away
from doorsync.hub.terminals.connection import needs_newer_agent, secret_of
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for, version_for
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.messages import envelope
from doorsync.messages.schemas import Batch as BatchMessage
from doorsync.messages.schemas import Order


def issue_batch(run_terminal: RunTerminal, nonce: str) -> Batch | None:
    """The terminal's open batch, or a new one bound to this nonce. None when there is nothing to send now."""
    with write_turn(), transaction.atomic():
        lock_company(run_terminal.company)
        terminal = locked_terminal.get(pk=run_terminal.terminal_id)
        run_terminal = locked_run_terminal.get(pk=run_terminal.pk)
        present = _open_batches.first(terminal=terminal.pk)
        if not present and (dropped := drop_never_sent(terminal)):
            run_terminal.done_removed += dropped
            run_terminal.save(update_fields=["done_removed"])
        batch = present or _new(run_terminal, terminal, nonce)
    crash_points.point("hub.batch-issued")
    return batch


@compiled
def _open_batches(*, terminal: Any) -> QuerySet[Batch]:
    return Batch.objects.filter(terminal=terminal, status=Batch.OPEN).order_by("pk")


def void_batch(batch: Batch, *, never_accepted: bool = False) -> None:
    """Void a batch. What it touched becomes unknown until read back, unless a hello proves that it was never accepted."""
    done = Batch.objects.filter(pk=batch.pk, status=Batch.OPEN).update(status=Batch.VOID, sealed="", answered_at=timezone.now())
    drop_parts(batch)
    if not done or never_accepted:
        return
    if batch.whole == "erase":
        forget_what_is_held(batch.terminal, UnreadCode.ERASE_UNCERTAIN())
    forget_what_was_touched(batch.terminal_id, batch.orders)


def void_batches(agent: Agent) -> None:
    """Void this agent's open batches when keys change. Its next hello tells which of them it had accepted."""
    for batch in Batch.objects.filter(agent=agent, status=Batch.OPEN).select_related("terminal"):
        void_batch(batch)


def _new(run_terminal: RunTerminal, terminal: Terminal, nonce: str) -> Batch | None:
    if needs_newer_agent(terminal):
        run_terminal.state, run_terminal.message = RunTerminalState.PARTLY, RunTerminalCode.AGENT_OLDER()
        try_refused_later(run_terminal, refused=True)
        run_terminal.save()
        close_if_done(run_terminal.run)
        return None
    if terminal.pinned_at is None or terminal.other_at:
        return _look(run_terminal, terminal, nonce)  # first ask which device answers
    if terminal.capabilities.read_back is Readback.NONE and (run_terminal.phase == "read" or terminal.unread):
        _go_on_unread(run_terminal, terminal)
    if run_terminal.phase == "read" or (terminal.unread and run_terminal.phase not in WHOLE):  # then read what it holds
        if terminal.unreadable and (batch := _take_away(run_terminal, terminal, nonce)):
            return batch
        if run_terminal.reads >= READS:
            end_unread(run_terminal, terminal)
            return None
        run_terminal.phase = "read"
        run_terminal.save(update_fields=["phase"])
    if run_terminal.phase in WHOLE:
        return _seal(run_terminal, terminal, nonce, Prepared([Order(do="read" if run_terminal.phase == "read" else "erase")]))
    return None if stop_over_ceiling(run_terminal) else _new_orders(run_terminal, terminal, nonce)


def _go_on_unread(run_terminal: RunTerminal, terminal: Terminal) -> None:
    """A terminal that cannot be read is never read first: what it accepts cannot be verified."""
    terminal.unread = terminal.unreadable = NO_REASON
    terminal.save(update_fields=["unread", "unreadable"])
    if run_terminal.phase == "read":
        run_terminal.phase = "orders"
        run_terminal.save(update_fields=["phase"])


def _new_orders(run_terminal: RunTerminal, terminal: Terminal, nonce: str) -> Batch | None:
    chosen = next_pending(run_terminal, terminal)
    if not chosen and not run_terminal.heard:
        return _look(run_terminal, terminal, nonce)  # a terminal is called done only after it has answered in this run
    if not chosen:
        settle_run_terminal(run_terminal)
        return None
    return _send(run_terminal, terminal, nonce, chosen)


def _take_away(run_terminal: RunTerminal, terminal: Terminal, nonce: str) -> Batch | None:
    """A batch of removals and narrower records for a terminal that could not be read; None when there are none."""
    chosen = next_pending(run_terminal, terminal, what_takes_away(run_terminal))
    return _send(run_terminal, terminal, nonce, chosen) if chosen else None


def _send(run_terminal: RunTerminal, terminal: Terminal, nonce: str, chosen: list[Holding]) -> Batch | None:
    rendered = rendered_rows(run_terminal.company, terminal, chosen)
    stale = [row for row in chosen if row.state in PUT and not is_fresh(row, rendered)]
    if stale:  # a start or expiry has passed that the scheduler has not applied yet
        users, schedules = {row.user_id for row in stale if row.user_id}, any(row.kind == Kind.SCHEDULE for row in stale)
        refresh_holdings(run_terminal.company, users, schedules=schedules)
        return _new_after_refresh(run_terminal, terminal, nonce, chosen, stale)
    return _seal_ready(run_terminal, terminal, nonce, chosen, rendered)


def _seal_ready(
    run_terminal: RunTerminal, terminal: Terminal, nonce: str, rows: list[Holding], rendered: Rendered
) -> Batch | None:
    places = Places(terminal)
    rows, unscheduled = wait_for_schedules(terminal, rows, rendered, places)
    ready, waiting = hand_over_credentials(terminal, rows, rendered, digest_key(run_terminal.company))
    made = prepared_orders(ready, rendered, places)
    _let_wait(run_terminal, made.placeless, RunTerminalCode.NO_PLACE())
    if made.orders:
        return _seal(run_terminal, terminal, nonce, made, places)
    _let_wait(run_terminal, waiting, RunTerminalCode.CREDENTIAL_STILL_KEPT())
    _let_wait(run_terminal, unscheduled, RunTerminalCode.SCHEDULE_UNCONFIRMED())
    if not terminal.unread and run_terminal.phase not in WHOLE and not next_pending(run_terminal, terminal):
        settle_run_terminal(run_terminal)
    return None


def _let_wait(run_terminal: RunTerminal, waiting: list[Holding], why: Reason) -> None:
    """Leave these people out, as if they had been refused. The run tries again later."""
    Problem.objects.bulk_create(
        [
            Problem(company_id=run_terminal.company_id, run_terminal=run_terminal, kind=row.kind, key=row.key, message=why)
            for row in waiting
        ],
        ignore_conflicts=True,
    )


def _look(run_terminal: RunTerminal, terminal: Terminal, nonce: str) -> Batch:
    """A batch without orders, which only asks the terminal what it reports of itself."""
    return _seal(run_terminal, terminal, nonce, Prepared())


def _new_after_refresh(
    run_terminal: RunTerminal, terminal: Terminal, nonce: str, chosen: list[Holding], stale: list[Holding]
) -> Batch | None:
    rest = [row for row in chosen if row not in stale]
    if not rest:
        return None  # the next call sends what the refresh made of them
    return _seal_ready(run_terminal, terminal, nonce, rest, rendered_rows(run_terminal.company, terminal, rest))


def _seal(run_terminal: RunTerminal, terminal: Terminal, nonce: str, made: Prepared, places: Places | None = None) -> Batch:
    agent: Agent = terminal.agent
    version = version_for(agent)
    newer = {"secret": secret_of(terminal), "options": terminal.options, "zone": terminal.location.time_zone}
    placed = [places.order_for_terminal(order) for order in made.orders] if places else made.orders
    users = users_removed(made.rows, placed)
    message = BatchMessage(
        v=version,
        company=run_terminal.company.slug,
        agent=agent.public_id,
        terminal=terminal.public_id,
        name=terminal.name,
        make=terminal.make,
        address=terminal.address,
        serial=terminal.serial,
        nonce=nonce,
        seq=terminal.seq + 1,
        prev=terminal.chain_head,
        orders=placed,
        **(newer if version >= 3 else {}),
        **({"users": users} if version >= 4 else {}),
    )
    sealed = envelope.seal(message, hub_keys_for(agent), agent_keys(agent))
    _run_terminals.update(pk=run_terminal.pk, changes={"state": RunTerminalState.SYNCING, "changed_at": timezone.now()})
    return Batch.objects.create(
        company=run_terminal.company,
        terminal=terminal,
        agent=agent,
        run_terminal=run_terminal,
        seq=message.seq,
        prev=message.prev,
        hash=envelope.fingerprint(sealed),
        nonce=nonce,
        sealed=sealed,
        whole=next((order.do for order in made.orders if order.do in WHOLE), ""),
        orders=made.stored,
        issued_at=timezone.now(),
    )


@compiled
def _run_terminals(*, pk: Any) -> QuerySet[RunTerminal]:
    return RunTerminal.objects.filter(pk=pk)
