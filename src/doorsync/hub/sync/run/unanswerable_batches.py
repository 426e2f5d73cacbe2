"""Batches that will never be answered. They are voided, so that their terminal can go on, removals first.

Either the agent refused the batch with a signed message, and its next hello tells whether it had accepted it before; or the
hub failed several times to take the agent's answer. What may have been written becomes unknown. As it is not known which
order was at fault, the next batches are smaller, down to a single order, which is then left out and shown as a problem.
"""

from __future__ import annotations

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from doorsync.domain.reason import Reason
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.models import Batch, Problem, RunTerminal, RunTerminalState
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.batches import void_batch
from doorsync.hub.sync.run.run_terminal_states import end_or_take_away
from doorsync.hub.sync.run.runs import OPEN, close_if_done, try_refused_later
from doorsync.hub.sync.run.unreadable_terminals import note_failed_read
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.errors import (
    Downgraded,
    Malformed,
    MessageRefused,
    OutOfOrder,
    Replayed,
    StaleNonce,
    TooNew,
    UnknownBatch,
    WrongAgent,
    WrongChain,
    WrongCompany,
)
from doorsync.messages.schemas import Answering

TRIES = 3  # failed answers after which a batch is given up
PASSING = {each.code() for each in (StaleNonce, Replayed, OutOfOrder, WrongChain)}  # a new batch will not have this fault
ELSEWHERE = (UnknownBatch, WrongAgent, WrongCompany)  # not about this batch
FROM_THERE = {
    Downgraded.code(): TooNew.code(),
    TooNew.code(): Downgraded.code(),
}  # seen from the agent
VERSIONS = set(FROM_THERE)
log = structlog.get_logger()


def give_up_batch(batch: Batch, code: str, *, accepted: bool) -> None:
    """Void a batch and let its run terminal go on with smaller ones. In the caller's transaction and scope."""
    void_batch(batch, never_accepted=not accepted)
    if accepted:
        Terminal.objects.filter(pk=batch.terminal_id).update(seq=batch.seq, chain_head=batch.hash)
    elif code in PASSING:
        return
    if batch.whole == "read" and code not in VERSIONS:
        note_failed_read(Terminal.objects.get(pk=batch.terminal_id), _why(code))
    run_terminal = (
        RunTerminal.objects.select_for_update(of=("self",))
        .select_related("run")
        .filter(pk=batch.run_terminal_id or 0, state__in=OPEN)
        .first()
    )
    if run_terminal:
        _go_on(run_terminal, batch, code)
    actor = Actor(company_id=batch.company_id, via="agent", reference=batch.agent.public_id)
    trail.record("batch.given-up", actor=actor, batch=batch.pk, terminal=batch.terminal_id, code=code[:32])


def note_failure(agent: Agent, sealed: str, error: Exception) -> None:
    """Count an answer that could not be taken; give the batch up after three. Only answers signed by the agent count."""
    hash_ = _batch_in(agent, sealed)
    if not hash_ or (isinstance(error, MessageRefused) and (error.code() in PASSING or isinstance(error, ELSEWHERE))):
        return
    if not isinstance(error, MessageRefused):
        log.error("An agent's answer could not be taken.", agent=agent.public_id, error=type(error).__name__)
    with transaction.atomic():
        lock_company(agent.company)
        Batch.objects.filter(agent=agent, hash=hash_, status=Batch.OPEN).update(failures=F("failures") + 1)
        lost = Batch.objects.filter(agent=agent, hash=hash_, status=Batch.OPEN, failures__gte=TRIES)
        for batch in lost.select_related("terminal", "agent"):
            code = error.code() if isinstance(error, MessageRefused) else "failed"
            give_up_batch(batch, FROM_THERE.get(code, code), accepted=True)


def _batch_in(agent: Agent, sealed: str) -> str:
    """The hash of the batch that an answer is about; empty unless this agent signed it."""
    try:
        return envelope.answering(sealed, Answering, hub_keys_for(agent), agent_keys(agent)).batch
    except MessageRefused:
        return ""


def _go_on(run_terminal: RunTerminal, batch: Batch, code: str) -> None:
    why = _why(code)
    if batch.whole == "read" and code not in VERSIONS:
        end_or_take_away(run_terminal, why)
    elif batch.whole or not batch.orders or code in VERSIONS:
        run_terminal.state, run_terminal.message = RunTerminalState.PARTLY, why
        try_refused_later(run_terminal, refused=batch.whole != "erase")
    elif len(batch.orders) > 1:
        run_terminal.most = max(1, len(batch.orders) // 2)
        run_terminal.message = why
    else:
        (_removal, kind, key, *_rest) = batch.orders[0]
        Problem.objects.get_or_create(
            company_id=run_terminal.company_id, run_terminal=run_terminal, kind=kind, key=key, defaults={"message": why}
        )
        run_terminal.message = why
    run_terminal.changed_at = timezone.now()
    run_terminal.save()
    close_if_done(run_terminal.run)


def _why(code: str) -> Reason:
    if code == Downgraded.code():
        return RunTerminalCode.AGENT_NEWER()
    if code == TooNew.code():
        return RunTerminalCode.AGENT_OLDER()
    if code == Malformed.code():
        return RunTerminalCode.NOT_UNDERSTOOD()
    return RunTerminalCode.UNANSWERABLE(why=code)
