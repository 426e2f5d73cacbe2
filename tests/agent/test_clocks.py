"""A terminal's clock is put right where it is off and can be set; the receipt tells what it said before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorsync.agent.batch_service import BatchService
from doorsync.agent.clocks import put_clock_right
from doorsync.drivers.contract import TerminalError
from doorsync.messages.schemas import Device
from tests.agent.hub import Hub, put
from tests.factories.terminals import VirtualTerminal


class Clock:
    """A session that only keeps time."""

    def __init__(self, refuses: TerminalError | None = None) -> None:
        self.set: list[datetime] = []
        self.refuses = refuses

    def set_clock(self, wall: datetime) -> None:
        if self.refuses:
            raise self.refuses
        self.set.append(wall)


def device(clock: str) -> Device:
    return Device(serial="1", clock=clock)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York"])
def test_a_terminal_gets_its_locations_time(hub: Hub, batch_service: BatchService, gate: VirtualTerminal, zone: str) -> None:
    batch = hub.batch("gate", put("1")).model_copy(update={"zone": zone})
    receipt = hub.read(batch_service.batch(hub.seal(batch)).text)
    again = hub.read(batch_service.batch(hub.seal(hub.batch("gate", put("1")).model_copy(update={"zone": zone}))).text)
    assert receipt.device
    assert again.device
    before, after = datetime.fromisoformat(receipt.device.clock), datetime.fromisoformat(again.device.clock)
    expected = datetime.now(ZoneInfo(zone)).replace(tzinfo=None)
    assert abs((before - expected).total_seconds()) > 60
    assert abs((after - expected).total_seconds()) < 30


@pytest.mark.parametrize(
    ("clock", "zone"), [("", "UTC"), ("half past", "UTC"), ("2020-01-01T00:00:00", "Mars/Olympus"), ("2020", "")]
)
def test_what_makes_no_sense_sets_no_clock(clock: str, zone: str) -> None:
    session: Any = Clock()
    put_clock_right(session, device(clock), zone)
    put_clock_right(session, None, "UTC")
    assert session.set == []


def test_a_clock_that_cannot_be_set_holds_nobody_up() -> None:
    session: Any = Clock(TerminalError("It has no such command.", permanent=True))
    put_clock_right(session, device("2020-01-01T00:00:00"), "UTC")
    lost: Any = Clock(TerminalError("The line broke.", permanent=False))
    with pytest.raises(TerminalError):
        put_clock_right(lost, device("2020-01-01T00:00:00"), "UTC")
