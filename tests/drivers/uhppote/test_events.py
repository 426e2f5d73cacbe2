from __future__ import annotations

from datetime import datetime

from doorsync.domain.door_events import EventCode, LogPosition, Reason
from doorsync.drivers.event_log import SupportsEventLog
from doorsync.drivers.uhppote.controller_memory import Card
from doorsync.drivers.uhppote.driver import UhppoteDriver
from tests.drivers.uhppote.conftest import ControllerOnNetwork
from tests.drivers.uhppote.test_driver import settings
from tests.factories.patience import PATIENCE

ALICE = Card(8165537, "2000-01-01", "2099-12-31", (1, 0, 29, 0))


def test_log_tells_who_came_and_why_somebody_was_denied(on_network: ControllerOnNetwork) -> None:
    on_network.controller.memory.put(ALICE)
    on_network.controller.set_clock(datetime.fromisoformat("2026-11-27T12:00:00"))
    for number, door in ((ALICE.number, 1), (ALICE.number, 2), (ALICE.number, 3), (404, 1)):
        on_network.controller.swipe(number, door=door)
    with UhppoteDriver().open(settings(on_network), timeout=PATIENCE) as session:
        assert isinstance(session, SupportsEventLog)
        page = session.events(LogPosition(), 3)
        rest = session.events(LogPosition(series=page.series, position=3), 3)
    assert (page.oldest, page.last, len(page.events)) == (1, 4, 3)
    events = [*page.events, *rest.events]
    assert [(each.position, each.door, each.key, each.card) for each in events] == [
        (1, 1, "8165537", ""),
        (2, 2, "8165537", ""),
        (3, 3, "8165537", ""),
        (4, 1, "", "404"),
    ]
    assert [each.code for each in events] == [EventCode.GRANTED, *[EventCode.DENIED] * 3]
    assert [each.reason for each in events] == ["", Reason.NO_HOURS, Reason.OUTSIDE_HOURS, Reason.UNKNOWN]
    assert events[0].wall.startswith("2026-11-27T12:00:0")


def test_log_that_begins_again_is_another_series_and_what_was_written_over_is_not_there(on_network: ControllerOnNetwork) -> None:
    with UhppoteDriver().open(settings(on_network), timeout=PATIENCE) as session:
        empty = session.events(LogPosition(), 10)
        assert (empty.series, empty.oldest, empty.last, empty.events) == ("1", 1, 0, ())
        for _ in range(5):
            on_network.controller.swipe(404, door=1)
        on_network.controller.memory.forget_events(4)
        page = session.events(LogPosition(series="1", position=1), 10)
        assert (page.oldest, [each.position for each in page.events]) == (4, [4, 5])
        again = session.events(LogPosition(series="1", position=9), 10)
        assert (again.series, [each.position for each in again.events]) == ("2", [4, 5])
