"""Counters of what happened: once a transaction is through, and never of one that was taken back."""

from __future__ import annotations

from django.db import transaction
from prometheus_client import REGISTRY

from doorsync.hub.audit import counters


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_what_was_rolled_back_is_not_counted(transactional_db: None) -> None:
    before = value("doorsync_events_total", event="batch.answered")
    receipts = value("doorsync_receipts_total")
    with transaction.atomic():
        counters.count_event("batch.answered", 1)
        transaction.set_rollback(True)
    assert value("doorsync_events_total", event="batch.answered") == before
    with transaction.atomic():
        counters.count_event("batch.answered", 3)
        assert value("doorsync_events_total", event="batch.answered") == before
    assert value("doorsync_events_total", event="batch.answered") == before + 3
    assert value("doorsync_receipts_total") == receipts + 3


def test_a_refusal_counts_by_its_reason(transactional_db: None) -> None:
    wrong, throttled = (value("doorsync_sign_ins_refused_total", reason=each) for each in ("wrong", "throttled"))
    counters.count_event("sign-in.failed", 2)
    counters.count_throttled()
    assert value("doorsync_sign_ins_refused_total", reason="wrong") == wrong + 2
    assert value("doorsync_sign_ins_refused_total", reason="throttled") == throttled + 1
