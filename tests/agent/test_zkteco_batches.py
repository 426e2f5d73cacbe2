"""Batches for a ZKTeco terminal through the agent: what its receipts say is what stands in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from doorsync.agent.batch_service import BatchService
from doorsync.domain.record import Kind
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Person
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from doorsync.messages.schemas import Order, Receipt
from doorsync.messages.terminal_codes import in_english
from tests.agent.hub import Hub, Terminal, put, remove
from tests.factories.terminals import until

COMM_KEY = "8421"


@pytest.fixture
def server() -> Iterator[Server]:
    with emulated(Device(memory=Memory(capacity=500), comm_key=int(COMM_KEY))) as running:
        yield running


@pytest.fixture
def hub(server: Server) -> Hub:
    hub = Hub()
    hub.terminals["gate"] = Terminal(server.address, make="zkteco", serial=server.device.serial)
    return hub


@pytest.fixture
def carry_out(hub: Hub, server: Server, batch_service: BatchService) -> Callable[..., Receipt]:
    def carry_out(*orders: Order, **changed: Any) -> Receipt:
        until(lambda: not server.device.session, "the terminal did not notice the end of the session")
        batch = hub.batch("gate", *orders, **{"secret": COMM_KEY, **changed})
        return hub.read(batch_service.batch(hub.seal(batch)).text)

    return carry_out


def person(number: int, *schedules: str) -> Order:
    return put(str(number), f"Zoë {number}", cards=[str(9000 + number)], pin="1234", schedules=list(schedules))


HOURS = Order(do="put", kind=Kind.SCHEDULE, key="2", fields={"name": "Days", "slots": [["1", "08:00", "18:00"]]})


def test_a_press_reaches_the_terminal_in_one_upload_and_is_read_back(server: Server, carry_out: Callable[..., Receipt]) -> None:
    receipt = carry_out(HOURS, *(person(number, "2") for number in range(1, 301)))
    assert receipt.state == "done"
    assert {outcome.result for outcome in receipt.outcomes} == {"done"}
    assert all(outcome.found for outcome in receipt.outcomes)
    assert receipt.outcomes[7].found
    assert receipt.outcomes[7].found.fields == {"name": "Zoë 7", "cards": ["9007"], "pin": "1234", "schedules": ["2"]}
    assert len(server.device.memory.people) == 300
    assert server.device.asked.count(8) == 0
    assert receipt.device
    assert (receipt.device.serial, receipt.device.can["schedule_key_form"]) == ("EMU4370000001", "place")
    later = carry_out(remove("7"), person(8))
    assert [outcome.found and outcome.found.fields["schedules"] for outcome in later.outcomes] == [None, []]
    assert len(server.device.memory.people) == 299


@pytest.mark.requirement("I-03", mutation="User.administers always False")
def test_an_administrator_and_a_stranger_are_taken_and_left(server: Server, carry_out: Callable[..., Receipt]) -> None:
    server.device.memory.store(Person(5, "1", b"Boss", privilege=14))
    server.device.memory.store(Person(6, "2", b"Stranger"))
    receipt = carry_out(person(1), person(2).model_copy(update={"new": True}), remove("1"), person(3))
    assert [outcome.result for outcome in receipt.outcomes] == ["taken", "taken", "taken", "done"]
    assert {one.user_id: one.name for one in server.device.memory.people.values()} == {
        "1": b"Boss",
        "2": b"Stranger",
        "3": "Zoë 3".encode(),
    }


@pytest.mark.requirement("I-01", mutation="`_recognise` comparing nothing")
def test_another_device_at_the_address_gets_nothing(server: Server, carry_out: Callable[..., Receipt]) -> None:
    receipt = carry_out(person(1), serial="EMU0000000009")
    assert receipt.state == "other-device"
    assert server.device.memory.people == {}


def test_a_wrong_comm_key_is_said_and_is_not_in_the_receipt(server: Server, carry_out: Callable[..., Receipt]) -> None:
    receipt = carry_out(person(1), secret="9753")
    assert "comm key" in in_english(receipt.why())
    assert "9753" not in in_english(receipt.why())
    assert server.device.memory.people == {}


def test_who_does_not_fit_any_more_is_refused_by_name(server: Server, carry_out: Callable[..., Receipt]) -> None:
    server.device.memory.capacity = 20
    receipt = carry_out(*(person(number) for number in range(1, 31)))
    assert [outcome.result for outcome in receipt.outcomes].count("refused") == 10
    assert {in_english(outcome.why()) for outcome in receipt.outcomes if outcome.result == "refused"} == {
        "The terminal's memory is full."
    }
    assert len(server.device.memory.people) == 20


def test_a_whole_memory_is_read_and_an_erase_leaves_the_administrators(server: Server, carry_out: Callable[..., Receipt]) -> None:
    server.device.memory.store(Person(5, "77", b"Boss", privilege=14))
    carry_out(HOURS, person(1, "2"))
    receipt = carry_out(Order(do="read"))
    assert receipt.memory is not None
    assert {(entry.kind, entry.key, entry.own) for entry in receipt.memory} == {
        (Kind.USER, "1", False),
        (Kind.USER, "77", True),
        (Kind.SCHEDULE, "2", False),
    }
    assert carry_out(Order(do="erase")).state == "done"
    assert {one.user_id for one in server.device.memory.people.values()} == {"77"}
