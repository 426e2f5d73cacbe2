"""How many orders a batch has: more where the terminal takes them quickly, because each batch has its own cost."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.sync.models import Batch
from doorsync.hub.terminals.models import Terminal

SIZE, MOST = 200, 1000  # orders in a batch: at first, and for a terminal that is quick
SOON = 1.0  # seconds: a removal waits for the batch that is under way, so none is to take longer


def batch_size(terminal: Terminal, least: int = SIZE) -> int:
    """As many orders as this terminal took in a second by its last receipt, hub and agent and all; `least` at least."""
    last = _answered.first(terminal=terminal.pk, hash=terminal.chain_head)
    if not terminal.chain_head or last is None or last.answered_at is None or len(last.orders) < least:
        return least
    took = (last.answered_at - last.issued_at).total_seconds()
    return least if took <= 0 else min(max(least, int(len(last.orders) * SOON / took)), MOST)


@compiled
def _answered(*, terminal: Any, hash: Any) -> QuerySet[Batch]:  # noqa: A002 - the field's name
    return Batch.objects.filter(terminal=terminal, hash=hash, status=Batch.ANSWERED, whole="").order_by("pk")
