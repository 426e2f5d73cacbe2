"""After a crash in the midst of a batch, only what is seen now is told; nothing is driven again."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from doorsync.agent.batch_work import Work
from doorsync.agent.memory_parts import MemoryParts
from doorsync.drivers.virtual.driver import VirtualDriver
from doorsync.messages import envelope
from doorsync.messages.schemas import Order, Receipt
from tests.agent.hub import Hub, put, remove
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal


def look_after(hub: Hub, *orders: Order) -> Receipt:
    hub.nonce = "a" * 32
    batch = hub.batch("gate", *orders)
    parts = MemoryParts(batch, "a" * 64, hub.identity(), lambda *_: None)
    ways = {"driver": VirtualDriver(), "parts": parts, "sign": partial(envelope.sign, key=hub.identity().keys.sign)}
    work = Work(batch=batch, fingerprint="a" * 64, timeout=PATIENCE, stopping=lambda: False, **ways)  # type: ignore[arg-type]  # as named
    return work.look_after_interruption()


@pytest.mark.requirement("R-02", mutation="an interrupted erase or read counting as done")
@pytest.mark.parametrize("do", ["erase", "read"])
def test_an_interrupted_order_for_the_whole_terminal_is_unknown(hub: Hub, gate: VirtualTerminal, do: Any) -> None:
    gate.change("INSERT INTO user (key, name, cards, pin, schedules, until) VALUES ('1', 'Alice', '[]', '', '[]', '')")
    receipt = look_after(hub, Order(do=do))
    assert receipt.state == "interrupted"
    assert [outcome.result for outcome in receipt.outcomes] == ["unknown"]
    assert receipt.memory is None, "what it holds is no answer to an order of which nobody knows"
    assert set(gate.users()) == {"1"}, "nothing is driven again"


def test_interrupted_orders_tell_what_is_there_now(hub: Hub, gate: VirtualTerminal) -> None:
    gate.change("INSERT INTO user (key, name, cards, pin, schedules, until) VALUES ('1', 'Alice', '[]', '', '[]', '')")
    receipt = look_after(hub, put("1", "Alicia"), put("2"), remove("3"))
    assert receipt.state == "interrupted"
    found = [outcome.found and outcome.found.fields["name"] for outcome in receipt.outcomes]
    assert found == ["Alice", None, None]
    assert set(gate.users()) == {"1"}
