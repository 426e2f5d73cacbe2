"""Takes the body of a request in: no more of it than allowed, no longer than allowed, and not too much of all at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from doorsync.hub.esws.errors import Busy, TooLarge, TooSlow

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

LIMIT = 2 * 1024 * 1024
DISCARDED = 4 * LIMIT  # what is still read of a body that is too large: most clients hear nothing while they send
TOGETHER = 32 * LIMIT
SECONDS = 30.0


class Gone(Exception):
    """The caller hung up."""


class Intake:
    """The bodies that one process holds at the same time."""

    def __init__(self, *, limit: int = LIMIT, together: int = TOGETHER, seconds: float = SECONDS) -> None:
        self.limit, self.together, self.seconds = limit, together, seconds
        self.held = 0

    @asynccontextmanager
    async def body(self, receive: Receive, *, announced: int = 0) -> AsyncIterator[bytes]:
        """The body, counted as held until the block ends. Raises TooLarge, TooSlow, Busy or Gone.

        `announced` is the size of a body that the caller holds back until it is asked for.
        """
        if announced > self.limit:
            raise TooLarge
        read = bytearray()
        try:
            await self._read(receive, read)
            yield bytes(read)
        finally:
            self.held -= len(read)

    async def _read(self, receive: Receive, read: bytearray) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                size = 0
                async for part in _parts(receive):
                    size += len(part)
                    if size > self.limit + DISCARDED:
                        break
                    if size <= self.limit:
                        self._keep(part, read)
        except TimeoutError:
            raise TooSlow from None
        if size > self.limit:
            raise TooLarge

    def _keep(self, part: bytes, read: bytearray) -> None:
        if self.held + len(part) > self.together:
            raise Busy(retry_after=1)
        read += part
        self.held += len(part)


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Gone
        more = bool(event.get("more_body"))
        yield event.get("body", b"")
