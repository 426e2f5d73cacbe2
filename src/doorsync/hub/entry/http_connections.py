"""The hub's HTTP connections. Clients that send nothing, never end their headers or do not read the answer are disconnected.

uvicorn keeps such connections for ever, and headers of any size in memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

WITHIN = 15.0  # seconds from the first byte of a request, or from the connection, to the end of its headers
UNREAD = 60.0  # seconds in which a reader must have taken something of what waits for it
HEADERS = 64 * 1024  # bytes of address and headers


class TooManyHeaders(Exception):
    """Address and headers are larger than any program of ours sends."""


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP connection with time limits for headers and for reading the answer."""

    within, unread = WITHIN, UNREAD

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Start the time limit for the first request."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the time limits."""
        self._met()
        self.resume_writing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins: its time limit starts, unless the one of the request before still runs."""
        super().on_message_begin()
        self._size = 0
        if self._deadline is None:
            self._expect()

    def on_url(self, url: bytes) -> None:
        """Count a part of the address."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """End the time limit: reading the body has limits of its own."""
        self._met()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """The client reads more slowly than we write: start the time limit for it."""
        super().pause_writing()
        if self._reading is None:
            self._reading = self.loop.call_later(self.unread, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has read on: end the time limit."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def _expect(self) -> None:
        self._deadline = self.loop.call_later(self.within, self.transport.abort)

    def _met(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _count(self, *parts: bytes) -> None:
        self._size += sum(map(len, parts))
        if self._size > HEADERS:
            raise TooManyHeaders
