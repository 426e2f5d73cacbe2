from __future__ import annotations

from collections.abc import Iterator

import pytest

from doorsync.domain.door_events import CredentialUsed, DoorEvent, EventCode, LogPosition
from doorsync.drivers.event_log import SupportsEventLog
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Punch
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from tests.drivers.zkteco.terminals import session, stranger

NOON = 800_000_000
BEGINNING = LogPosition()


@pytest.fixture
def server() -> Iterator[Server]:
    with emulated(Device(memory=Memory())) as running:
        stranger(running, 7, "1007")
        yield running


def came(server: Server, how_many: int, how: int = 1) -> None:
    log = server.device.memory.log
    log += [Punch(7, "1007", NOON + len(log) + number, how) for number in range(how_many)]


@pytest.mark.parametrize("row", [40, 16, 8])
@pytest.mark.parametrize("how_many", [3, 200])
def test_whom_a_terminal_recognised_is_told_page_by_page(server: Server, row: int, how_many: int) -> None:
    server.device.memory.log_row = row
    came(server, how_many)
    with session(server) as one:
        assert isinstance(one, SupportsEventLog)
        found: list[DoorEvent] = []
        after = BEGINNING
        while events := (page := one.events(after, 77)).events:
            found += events
            after = LogPosition(series=page.series, position=events[-1].position)
    assert [event.position for event in found] == list(range(1, how_many + 1))
    assert {(event.key, event.code, event.used, event.card) for event in found} == {
        ("1007", EventCode.GRANTED, CredentialUsed.FINGER, "")
    }
    assert found[0].wall < found[-1].wall
    assert (page.oldest, page.last) == (1, how_many)


def test_only_what_is_new_of_a_large_log_is_read(server: Server) -> None:
    came(server, 5000)
    with session(server) as one:
        page = one.events(LogPosition(series=one.events(BEGINNING, 1).series, position=4999), 100)
        assert [event.position for event in page.events] == [5000]
    assert server.device.asked.count(1504) == 4


def test_an_emptied_log_is_another_series_and_is_read_from_its_beginning(server: Server) -> None:
    came(server, 4)
    with session(server) as one:
        before = one.events(BEGINNING, 100)
        server.device.memory.log = []
        empty = one.events(LogPosition(series=before.series, position=4), 100)
        assert (empty.oldest, empty.last, empty.events) == (1, 0, ())
        server.device.memory.log = [Punch(7, "1007", NOON + 999)]
        later = one.events(LogPosition(series=before.series, position=4), 100)
    assert len({before.series, empty.series, later.series}) == 3
    assert [event.position for event in later.events] == [1]


def test_a_log_is_emptied_only_when_all_of_it_was_read(server: Server) -> None:
    came(server, 4)
    with session(server) as one:
        series = one.events(BEGINNING, 1).series
        for position, left in ((3, 4), (4, 0), (4, 0)):
            one.clear_events(LogPosition(series=series, position=position))
            assert len(server.device.memory.log) == left
        came(server, 4)
        one.clear_events(LogPosition(series="other", position=4))
        assert len(server.device.memory.log) == 4
