"""What is known of a terminal after orders: of one that shows nothing, what it accepted, and nothing more is claimed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from doorsync.agent.batch_service import BatchService
from doorsync.domain.capabilities import Capabilities, Readback
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, ConnectionSettings, Found, Session, TerminalError, WriteAnswer
from doorsync.drivers.make import Make
from doorsync.messages.schemas import Order, Receipt
from tests.agent.hub import Hub, put, remove


class Blind:
    """A make that answers each write, and shows nothing; it refuses user 3."""

    make: ClassVar[Make] = Make(name="blind", title="Blind", address="gate")

    def __init__(self) -> None:
        self.memory: set[str] = set()

    def lane(self, settings: ConnectionSettings) -> str:
        return settings.address

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[Session]:
        yield self

    def about(self) -> About:
        return About(serial="B1", can=Capabilities(read_back=Readback.NONE))

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        raise TerminalError("It shows nobody.", permanent=True)

    def read_all(self, kind: Kind) -> Iterator[Found]:
        raise TerminalError("It shows nobody.", permanent=True)

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        for record in records:
            if record.key != "3":
                self.memory.add(record.key)
            yield WriteAnswer(key=record.key, refusal="No." if record.key == "3" else "")

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        for key in keys:
            self.memory.discard(key)
            yield WriteAnswer(key=key)

    def erase(self) -> None:
        self.memory.clear()


def carry_out(hub: Hub, batch_service: BatchService, *orders: Order) -> Receipt:
    hub.terminals["gate"].make, hub.terminals["gate"].serial = "blind", "B1"
    driver: Any = batch_service._drivers.working.setdefault("blind", Blind())
    assert driver.make.name == "blind"
    return hub.read(batch_service.batch(hub.seal(hub.batch("gate", *orders))).text)


@pytest.mark.requirement("I-04", mutation="`read_device` telling all fields as readable")
def test_what_is_accepted_is_told_without_anything_that_was_read(hub: Hub, batch_service: BatchService) -> None:
    receipt = carry_out(hub, batch_service, put("1"), put("2"), remove("9"))
    assert receipt.state == "done"
    assert receipt.device
    assert (receipt.device.can["readable"], receipt.device.can["schedule_readable"]) == ([], [])
    assert [each.found and each.found.fields for each in receipt.outcomes] == [{}, {}, None]


def test_after_a_refusal_nobody_claims_that_nothing_is_there(hub: Hub, batch_service: BatchService) -> None:
    (outcome,) = carry_out(hub, batch_service, put("3")).outcomes
    assert outcome.result == "refused"
    assert outcome.found


def test_it_can_be_erased_and_not_be_read(hub: Hub, batch_service: BatchService) -> None:
    erased = carry_out(hub, batch_service, Order(do="erase"))
    assert (erased.outcomes[0].result, erased.memory) == ("done", [])
    read = carry_out(hub, batch_service, Order(do="read"))
    assert (read.outcomes[0].result, read.memory) == ("refused", None)
