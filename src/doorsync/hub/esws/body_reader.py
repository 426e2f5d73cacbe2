"""Reads the body of a request within limits: its size, its time, and the size of all bodies together."""

from __future__ import annotations

import asyncio
from collections import Counter
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
    """The client disconnected."""


class Intake:
    """The bodies that one process holds at the same time. `share`: no source may hold more than this part of them."""

    def __init__(
        self,
        *,
        limit: int = LIMIT,
        together: int = TOGETHER,
        seconds: float = SECONDS,
        stall: float = SECONDS,
        share: int = 1,
    ) -> None:
        self.limit, self.together, self.seconds, self.stall, self.share = limit, together, seconds, stall, share
        self.held = 0
        self.held_by: Counter[str] = Counter()

    @asynccontextmanager
    async def body(self, receive: Receive, *, announced: int = 0, source: str = "") -> AsyncIterator[bytes]:
        """The body, counted as held until the block ends. Raises TooLarge, TooSlow, Busy or Gone.

        `announced` is a size that is to be refused unread, such as of a body that the caller holds back until it is asked for.
        """
        if announced > self.limit:
            raise TooLarge
        read = bytearray()
        try:
            await self._read(receive, read, source)
            yield bytes(read)
        finally:
            self.held -= len(read)
            self.held_by[source] -= len(read)
            if not self.held_by[source]:
                del self.held_by[source]

    async def _read(self, receive: Receive, read: bytearray, source: str) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                size = 0
                # A pause as long as the whole may take needs no clock of its own.
                async for part in _parts(receive, self.stall if self.stall < self.seconds else None):
                    size += len(part)
                    if size > self.limit + DISCARDED:
                        break
                    if size <= self.limit:
                        self._keep(part, read, source)
        except TimeoutError:
            raise TooSlow from None
        if size > self.limit:
            raise TooLarge

    def _keep(self, part: bytes, read: bytearray, source: str) -> None:
        size = len(part)
        if self.held + size > self.together or self.held_by[source] + size > self.together // self.share:
            raise Busy(retry_after=1)
        read += part
        self.held += size
        self.held_by[source] += size


async def _parts(receive: Receive, stall: float | None) -> AsyncIterator[bytes]:
    more = True
    while more:
        if stall is None:
            event = await receive()
        else:
            async with asyncio.timeout(stall):
                event = await receive()
        if event["type"] == "http.disconnect":
            raise Gone
        more = bool(event.get("more_body"))
        yield event.get("body", b"")
