"""How often what happened in this process, for operators. Names of events only: no company, no person."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from prometheus_client import Counter

EVENTS = Counter("doorsync_events_total", "What was written to the audit by this process.", ["event"])
RECEIPTS = Counter("doorsync_receipts_total", "Receipts that this process took.")
SIGN_INS_REFUSED = Counter("doorsync_sign_ins_refused_total", "Sign-ins and token calls that were refused.", ["reason"])

for _reason in ("wrong", "throttled"):
    SIGN_INS_REFUSED.labels(_reason)


def count_event(event: str, times: int) -> None:
    """Once the transaction is through."""
    transaction.on_commit(partial(_count, event, times), robust=True)


def count_throttled() -> None:
    """Somebody was refused without a look at the password."""
    SIGN_INS_REFUSED.labels("throttled").inc()


def _count(event: str, times: int) -> None:
    EVENTS.labels(event).inc(times)
    if event == "batch.answered":
        RECEIPTS.inc(times)
    elif event == "sign-in.failed":
        SIGN_INS_REFUSED.labels("wrong").inc(times)
