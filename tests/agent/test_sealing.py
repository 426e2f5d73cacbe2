"""A receipt must be small enough to be carried; a memory that is too large is said so rather than lost on the way."""

from __future__ import annotations

import pytest

from doorsync.agent import sealing
from doorsync.agent.sealing import TOO_LARGE, seal_receipt
from doorsync.domain.record import Kind
from doorsync.messages.shapes import Entry, Outcome, Receipt
from tests.agent.hub import Hub, Terminal


def receipt_of(people: int) -> Receipt:
    memory = [Entry(kind=Kind.USER, key=str(number), fields={"name": f"User {number}"}) for number in range(people)]
    return Receipt(
        company="gym",
        agent="agent-1",
        terminal="gate",
        seq=1,
        batch="a" * 64,
        state="done",
        outcomes=[Outcome(result="done")],
        memory=memory,
    )


def test_a_memory_that_no_courier_could_carry_is_left_out_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    hub.terminals["gate"] = Terminal("")
    identity = hub.identity()
    monkeypatch.setattr(sealing, "PAYLOAD", 10_000)
    assert hub.read(seal_receipt(receipt_of(100), identity)) == receipt_of(100)
    smaller = hub.read(seal_receipt(receipt_of(200), identity))
    assert smaller.memory is None
    assert smaller.message == TOO_LARGE
    assert [(outcome.result, outcome.message) for outcome in smaller.outcomes] == [("refused", TOO_LARGE)]
