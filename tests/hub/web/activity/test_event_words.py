"""The words for what terminals told: each code, reason and credential has some, and a word of a newer agent harms nobody."""

from __future__ import annotations

import pytest

from doorsync.domain.door_events import CredentialUsed, EventCode, Reason
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.web.activity.event_words import reason_text, result_badge, used_text


def test_every_reason_and_every_credential_has_words() -> None:
    assert all(reason_text(AccessEvent(code=EventCode.DENIED, reason=each)) for each in Reason)
    assert all(used_text(AccessEvent(used=each)) for each in CredentialUsed if each.value)
    assert len({str(result_badge(AccessEvent(code=each)).word) for each in EventCode}) == len(EventCode)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (AccessEvent(code=EventCode.LOST, lost=1), "1 event was written over at the terminal before it was read."),
        (AccessEvent(code=EventCode.LOST, lost=3), "3 events were written over at the terminal before they were read."),
        (AccessEvent(code=EventCode.DENIED, reason="of-a-newer-agent"), "the terminal did not say why"),
        (AccessEvent(code=EventCode.GRANTED, reason="anything"), ""),
        (AccessEvent(code=EventCode.OTHER, reason="opened-remotely"), "opened remotely"),
    ],
)
def test_why_is_said_where_there_is_something_to_say(event: AccessEvent, text: str) -> None:
    assert reason_text(event) == text


def test_what_was_shown_is_nothing_where_nobody_knows_it() -> None:
    assert (used_text(AccessEvent(used="")), used_text(AccessEvent(used="of-a-newer-agent"))) == ("", "")
