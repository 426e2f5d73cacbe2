from __future__ import annotations

from doorsync.domain.door_events import DoorEvent, EventCode


def test_a_card_shows_in_no_text_of_an_event() -> None:
    event = DoorEvent(position=1, wall="2026-11-27T09:00:00", code=EventCode.DENIED, reason="unknown", card="4711")
    assert "4711" not in repr(event)
