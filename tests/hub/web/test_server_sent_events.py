"""A part of a page as one event: read by the rules of the HTML standard it is the part again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.web.server_sent_events import LATER, fragment_event, stream_response, was_set

HTML = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.just("\n"))


def parsed(stream: str) -> list[dict[str, str]]:
    """The events of a stream, as a browser reads them."""
    events = []
    for block in stream.split("\n\n")[:-1]:
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and "data" in fields else value
        events.append(fields)
    return events


@given(HTML)
def test_each_part_is_one_event(html: str) -> None:
    (event,) = parsed(fragment_event("lines", html, "7").decode())
    lines = [line for line in html.split("\n") if line.strip()]
    assert (event["event"], event["id"], event.get("data", "")) == ("lines", "7", "\n".join(lines))


def test_later_is_an_event_of_its_own() -> None:
    assert parsed(LATER.decode()) == [{"retry": "30000", "event": "later", "data": ""}]


def test_nobody_stores_or_collects_a_stream() -> None:
    async def none() -> AsyncIterator[bytes]:
        return
        yield b""

    answer = stream_response(none())
    assert (answer["Content-Type"], answer["Cache-Control"], answer["X-Accel-Buffering"]) == (
        "text/event-stream",
        "no-store",
        "no",
    )


def test_waiting_ends_when_somebody_newer_came() -> None:
    async def both() -> tuple[bool, bool]:
        over = asyncio.Event()
        before = await was_set(over, 0)
        over.set()
        return before, await was_set(over, 60)

    assert asyncio.run(both()) == (False, True)
