"""Record who a receipt shows to be out of a terminal, with what the agent signed about each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from doorsync.domain.capabilities import Readback
from doorsync.domain.record import Kind
from doorsync.hub.revocations.actions import note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.sync.holdings.removed_people import removed_people
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.identity import agent_keys
from doorsync.hub.terminals.models import Terminal
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused
from doorsync.messages.removal_statement import RemovalStatement
from doorsync.messages.schemas import Order, Receipt


def users_removed(rows: Sequence[Holding], orders: Sequence[Order]) -> dict[str, str]:
    """The numbers of the people whom these orders remove for good, by their key at the terminal."""
    gone = [(row, order) for row, order in zip(rows, orders, strict=False) if order.do == "remove" and row.wanted is None]
    return {order.key: row.key for row, order in gone if row.kind == Kind.USER and row.user_id is not None}


def note_removed_people(terminal: Terminal, rows: Sequence[Holding], receipt: Receipt, now: datetime) -> None:
    """Record the people whose holdings these were. Rows as they were before the receipt, and in its transaction."""
    if rows:
        seen = terminal.capabilities.read_back is not Readback.NONE
        evidence = Evidence.REMOVED if seen else Evidence.ACKNOWLEDGED
        note_revocations(terminal, removed_people(rows, _statements(terminal, receipt)), evidence, now)


def _statements(terminal: Terminal, receipt: Receipt) -> dict[str, str]:
    """The statements that are genuine and about this very batch, by the number of the user. The others prove nothing."""
    key, found = agent_keys(terminal.agent).sign, {}
    for text in receipt.statements:
        try:
            said = envelope.verify(text, RemovalStatement, key)
        except MessageRefused:
            continue
        names = ("company", "agent", "terminal", "batch")
        if all(getattr(said, name) == getattr(receipt, name) for name in names):
            found[said.user] = text
    return found
