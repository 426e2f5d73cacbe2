"""Reconcile open batches with an agent's hello.

The hello carries a fresh nonce, which made all older ones invalid, and for each terminal the last batch that was accepted. So
an open batch either was accepted, and sending it again brings its receipt, or it never will be, and is issued anew. Anything
else is a fork (a restored backup, a lost disk): then all that the terminal holds becomes unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held, forget_what_was_confirmed
from doorsync.hub.sync.models import Batch
from doorsync.hub.sync.run.batches import void_batch
from doorsync.hub.sync.run.restores import hold_to_removals
from doorsync.hub.sync.run.unanswerable_batches import give_up_batch
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.terminals.hub_epoch import confirm_terminals
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.messages.schemas import ChainHead

Chain = tuple[int, str]


def reconcile(agent: Agent, heads: Sequence[ChainHead]) -> None:
    """Bring every terminal of this agent in line with the heads of its hello. Runs in the caller's transaction and scope."""
    theirs = {head.terminal: (head.seq, head.hash) for head in heads}
    for terminal in Terminal.objects.select_for_update().filter(agent=agent).order_by("pk"):
        _reconcile(agent, terminal, theirs.get(terminal.public_id, (0, "")))
    confirm_terminals(agent)
    start_reading(agent)


def _reconcile(agent: Agent, terminal: Terminal, theirs: Chain) -> None:
    ours: Chain = (terminal.seq, terminal.chain_head)
    batch = Batch.objects.filter(terminal=terminal, status=Batch.OPEN).select_related("terminal", "agent").first()
    if batch and theirs == (batch.seq, batch.hash):
        if batch.refused:
            give_up_batch(batch, batch.refused, accepted=True)
        return  # accepted: sending it again brings the receipt
    if batch and batch.refused and theirs == ours:
        give_up_batch(batch, batch.refused, accepted=False)
    elif batch:
        void_batch(batch, never_accepted=theirs == ours)
    if theirs != ours:
        _fork(agent, terminal, theirs)


def _fork(agent: Agent, terminal: Terminal, theirs: Chain) -> None:
    if not _was_taken_back(terminal, theirs):
        ahead = theirs[0] > terminal.seq  # then it is the database that was restored, and wants what it should not at any agent's
        hold_to_removals(Terminal.objects.all() if ahead else Terminal.objects.filter(agent=agent))
        terminal.refresh_from_db(fields=["restored_at"])
    forget_what_is_held(terminal, UnreadCode.AGENT_FORKED())
    forget_what_was_confirmed(terminal)
    terminal.seq, terminal.chain_head = theirs
    terminal.save(update_fields=["seq", "chain_head"])
    actor = Actor(company_id=agent.company_id, via="agent", reference=agent.public_id)
    trail.record("terminal.forked", actor=actor, terminal=terminal.pk, seq=theirs[0])


def _was_taken_back(terminal: Terminal, theirs: Chain) -> bool:
    """Whether the agent accepted the very batch that this database took back last: then nobody was restored."""
    last = Batch.objects.filter(terminal=terminal, status=Batch.VOID, seq=terminal.seq + 1)
    return last.filter(seq=theirs[0], hash=theirs[1]).exists()
