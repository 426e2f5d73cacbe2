"""Limits how many event streams open at once: each opening takes a thread, and hundreds would slow all other requests."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

STREAMS = "/events/"  # how the addresses of event streams end
AT_ONCE = 4


class StreamAdmission:
    """An ASGI application whose event streams open a few at a time. Open streams are not counted."""

    def __init__(self, application: Any, *, at_once: int = AT_ONCE) -> None:
        self._application, self._at_once = application, at_once
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on; an event stream waits for its turn."""
        if scope["type"] != "http" or not scope["path"].endswith(STREAMS):
            await self._application(scope, receive, send)
            return
        turns = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._at_once))
        await turns.acquire()
        over = False

        def let_go() -> None:
            nonlocal over
            if not over:
                over = True
                turns.release()

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                let_go()
            await send(message)

        try:
            await self._application(scope, receive, sending)
        finally:
            let_go()
