"""Sign, about each person whom a batch removed, that they are not in the terminal any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from doorsync.domain.record import Kind
from doorsync.messages.removal_statement import RemovalStatement
from doorsync.messages.schemas import Batch, Message, Outcome
from doorsync.messages.sizes import STATEMENTS


def signed_statements(
    batch: Batch, fingerprint: str, outcomes: Sequence[Outcome], sign: Callable[[Message], str], *, serial: str, read_back: bool
) -> list[str]:
    """A statement for each removal that is done and after which nothing was found, as far as they fit into a receipt."""
    now, statements, size = datetime.now(UTC).isoformat(timespec="seconds"), list[str](), 0
    for order, outcome in zip(batch.orders, outcomes, strict=True):
        user = batch.users.get(order.key, "") if order.do == "remove" and order.kind is Kind.USER else ""
        if not user or outcome.result != "done" or outcome.found is not None:
            continue
        signed = sign(
            RemovalStatement(
                company=batch.company,
                agent=batch.agent,
                terminal=batch.terminal,
                name=batch.name,
                serial=serial,
                user=user,
                at=now,
                read_back=read_back,
                batch=fingerprint,
            )
        )
        size += len(signed)
        if size > STATEMENTS:
            break
        statements.append(signed)
    return statements
