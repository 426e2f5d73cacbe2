"""The driver reads the log of a running terminal, and believes no log that makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doorsync.domain.door_events import EventCode, LogPosition
from doorsync.drivers.event_log import SupportsEventLog
from doorsync.drivers.virtual import door
from doorsync.drivers.virtual.driver import VirtualDriver, VirtualSession
from doorsync.drivers.virtual.event_entries import page_in
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, virtual_terminal

ENTRY = {
    "position": 3,
    "wall": "2026-11-27T12:00:00",
    "code": "denied",
    "reason": "unknown",
    "key": "",
    "used": "card",
    "card": "201",
    "door": 1,
}
SAID = {"series": "ab", "oldest": 1, "last": 3, "events": [ENTRY]}


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualTerminal]:
    with virtual_terminal(tmp_path_factory.mktemp("log") / "gate", log_size=4) as terminal:
        yield terminal


@pytest.fixture
def session(terminal: VirtualTerminal) -> Iterator[VirtualSession]:
    terminal.empty()
    with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
        yield session


def test_events_come_in_pages_and_stay_until_they_are_cleared(terminal: VirtualTerminal, session: VirtualSession) -> None:
    assert isinstance(session, SupportsEventLog)
    for card in ("201", "202", "203"):
        door.show(terminal.folder, card=card)
    first = session.events(LogPosition(), 2)
    assert [(event.position, event.card, event.code) for event in first.events] == [
        (1, "201", EventCode.DENIED),
        (2, "202", EventCode.DENIED),
    ]
    rest = session.events(LogPosition(series=first.series, position=2), 2)
    assert ([event.position for event in rest.events], rest.oldest, rest.last) == ([3], 1, 3)
    session.clear_events(LogPosition(series="cd", position=3))
    session.clear_events(LogPosition(series=first.series, position=2))
    left = session.events(LogPosition(), 10)
    assert ([event.position for event in left.events], left.oldest) == ([3], 3)


def test_after_a_reset_the_log_is_read_from_its_start(terminal: VirtualTerminal, session: VirtualSession) -> None:
    door.show(terminal.folder, card="201")
    before = session.events(LogPosition(), 10)
    terminal.empty()
    door.show(terminal.folder, card="202")
    now = session.events(LogPosition(series=before.series, position=before.last), 10)
    assert now.series != before.series
    assert [event.card for event in now.events] == ["202"]


def test_a_log_that_ran_over_says_what_it_has_left(terminal: VirtualTerminal, session: VirtualSession) -> None:
    for _ in range(6):
        door.show(terminal.folder, card="201")
    page = session.events(LogPosition(), 10)
    assert ([event.position for event in page.events], page.oldest, page.last) == ([3, 4, 5, 6], 3, 6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"series": "../"},
        {"series": 1},
        {"oldest": -1},
        {"last": True},
        {"last": 2},
        {"events": None},
        {"events": [ENTRY, ENTRY]},
        *({"events": [ENTRY | change]} for change in ({"wall": "noon"}, {"code": "maybe"}, {"used": "sock"}, {"card": "x"})),
        *({"events": [ENTRY | change]} for change in ({"key": "k" * 65}, {"door": "1"}, {"position": 0}, {"reason": "\x00"})),
    ],
)
def test_a_log_that_makes_no_sense_is_not_believed(wrong: dict[str, Any]) -> None:
    assert page_in(SAID, LogPosition(), 2).events[0].card == "201"
    with pytest.raises(ValueError, match=r".*"):
        page_in(SAID | wrong, LogPosition(), 2)


def test_more_or_older_than_was_asked_for_is_not_believed() -> None:
    with pytest.raises(ValueError, match="events"):
        page_in(SAID, LogPosition(), 0)
    with pytest.raises(ValueError, match="positions"):
        page_in(SAID, LogPosition(series="ab", position=3), 2)
