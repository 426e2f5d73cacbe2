"""Event streams begin a few at a time, and nothing else has to wait for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from doorsync.hub.entry import asgi
from doorsync.hub.entry.stream_admission import StreamAdmission


@pytest.mark.requirement("S-04", mutation="no StreamAdmission before Django")
def test_every_request_for_django_comes_by_the_few_openings() -> None:
    assert isinstance(asgi.django, StreamAdmission)


@pytest.mark.requirement("S-04", mutation="the streams not counted: all of them open at once")
def test_few_streams_open_at_once_and_one_that_has_begun_lets_the_next_in() -> None:
    opening, most, begun = 0, 0, []
    may_begin, all_begun, over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def django(scope: Any, receive: Any, send: Any) -> None:
        nonlocal opening, most
        opening += 1
        most = max(most, opening)
        if scope["path"] != "/sync/":
            await may_begin.wait()
        opening -= 1
        begun.append(scope["path"])
        if len(begun) == 21:
            all_begun.set()
        await send({"type": "http.response.start"})
        if scope["path"] != "/sync/":
            await over.wait()

    async def send(_: Any) -> None:
        """Takes it."""

    async def storm() -> None:
        few = StreamAdmission(django, at_once=3)
        streams = [asyncio.ensure_future(few({"type": "http", "path": f"/sync/runs/{n}/events/"}, None, send)) for n in range(20)]
        await asyncio.sleep(0)
        await few({"type": "http", "path": "/sync/"}, None, send)
        assert begun == ["/sync/"], "a page waits for no stream"
        may_begin.set()
        await all_begun.wait()
        over.set()
        await asyncio.gather(*streams)

    asyncio.run(storm())
    assert most == 4, "three streams, and the page"
