"""The agent signs a statement about each person who is out of a terminal, and about nobody else."""

from __future__ import annotations

import pytest

from doorsync.agent.batch_service import BatchService
from doorsync.domain.record import Kind
from doorsync.messages import envelope
from doorsync.messages.removal_statement import RemovalStatement
from doorsync.messages.schemas import Order, Receipt
from doorsync.messages.sizes import STATEMENTS
from tests.agent.hub import Hub, put, remove
from tests.factories.terminals import VirtualTerminal


def carry_out(hub: Hub, batch_service: BatchService, users: dict[str, str], *orders: Order) -> Receipt:
    return hub.read(batch_service.batch(hub.seal(hub.batch("gate", *orders, users=users))).text)


def said(hub: Hub, receipt: Receipt) -> list[RemovalStatement]:
    assert hub.agent_keys
    key = hub.agent_keys.sign
    return [envelope.verify(text, RemovalStatement, key) for text in receipt.statements]


@pytest.mark.requirement("P-01", mutation="statements for orders that were refused, or for what is still found")
def test_a_statement_for_each_person_who_is_out(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    carry_out(hub, batch_service, {}, put("1", "Alice"), put("2", "Bob"), put("3", "Carol"))
    users = {"1": "1001", "2": "1002", "9": "1009"}

    receipt = carry_out(hub, batch_service, users, remove("1"), put("2", "Bobby"), remove("3"), remove("9"))

    statements = said(hub, receipt)
    assert [(each.user, each.read_back, each.serial) for each in statements] == [
        ("1001", True, gate.serial),
        ("1009", True, gate.serial),  # was not there before either: they are out
    ]
    assert {(each.batch, each.terminal, each.company) for each in statements} == {
        (receipt.batch, receipt.terminal, receipt.company)
    }


def test_no_statement_about_whom_the_terminal_keeps(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    gate.enrol("7", "Fire brigade", own=True)
    receipt = carry_out(hub, batch_service, {"7": "1007"}, remove("7"))
    assert receipt.outcomes[0].result != "done"
    assert receipt.statements == []


def test_a_schedule_is_nobody(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    order = Order(do="remove", kind=Kind.SCHEDULE, key="1")
    assert carry_out(hub, batch_service, {"1": "1001"}, order).statements == []


def test_two_hundred_statements_fit_into_a_receipt(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    keys = [str(number) for number in range(1, 201)]
    receipt = carry_out(hub, batch_service, {key: f"{int(key):018}" for key in keys}, *map(remove, keys))
    assert len(receipt.statements) == 200
    assert sum(map(len, receipt.statements)) <= STATEMENTS
