from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from doorsync.domain.door_events import DoorEvent, EventCode
from doorsync.messages.events import EVENTS, Events, LoggedEvent
from doorsync.messages.sizes import PAYLOAD, size_of

READ = {"read_at": "2026-11-27T09:00:00", "clock": "2026-11-27T10:00:00"}
EVENT = DoorEvent(position=1, wall="2026-11-27T09:59:59", code=EventCode.DENIED, reason="unknown", card="4711")


def test_an_event_comes_through_whole() -> None:
    sent = LoggedEvent.of(EVENT, **READ)
    assert LoggedEvent.model_validate_json(sent.model_dump_json()) == sent


@pytest.mark.parametrize(
    "wrong", [{"position": 0}, {"wall": "noon"}, {"reason": "Not A Word"}, {"card": "x"}, {"key": "\x00"}, {"pin": "1234"}]
)
def test_what_is_no_event_is_refused_without_quoting_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        LoggedEvent.model_validate(LoggedEvent.of(EVENT, **READ).model_dump() | wrong)
    assert "4711" not in str(caught.value)


def test_the_largest_message_of_events_fits() -> None:
    largest = LoggedEvent(
        position=2**53,
        wall=READ["clock"],
        code=EventCode.GRANTED,
        reason="a" * 32,
        key="\U0001f600" * 64,
        card="9" * 32,
        door=2**31 - 1,
        lost=2**53,
        **READ,
    )
    message = Events(
        company="c" * 64, agent="a" * 64, terminal="t" * 64, serial="s" * 64, series="s" * 64, events=[largest] * EVENTS
    )
    assert size_of(message) < PAYLOAD
