"""How the hub ends: waits are answered at once, running requests get a moment to finish, and then it exits."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import structlog
import uvicorn

from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.entry.monitoring.listener import Monitor

MOMENT = 1.0  # seconds that requests under way get; with all around them the hub ends within two
EVENT_STREAM = b"text/event-stream"

log = structlog.get_logger()


class EventStreams:
    """An ASGI application, and the event streams that it has open: each ends as if it had said all, and the page asks anew."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._open: set[_Stream] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on, with a way to end its answer early."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        stream = _Stream(send, self._open)
        try:
            await self._application(scope, receive, stream.send)
        finally:
            self._open.discard(stream)

    def end(self) -> list[asyncio.Task[None]]:
        """End all open streams without waiting for the pages that read them."""
        return [asyncio.ensure_future(stream.end()) for stream in list(self._open)]


class _Stream:
    """One answer that can be ended early; what is sent after that is dropped."""

    def __init__(self, send: Any, still_open: set[_Stream]) -> None:
        self._send, self._still_open, self._over = send, still_open, False

    async def send(self, message: Any) -> None:
        if self._over:
            return
        if message["type"] == "http.response.start" and _is_events(message):
            self._still_open.add(self)
        await self._send(message)

    async def end(self) -> None:
        self._over = True
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


class Server(uvicorn.Server):
    """Ends within two seconds. Requests that still run are dropped as by a power cut: the database rolls them back."""

    def __init__(self, config: uvicorn.Config, streams: EventStreams, monitor: Monitor | None = None) -> None:
        super().__init__(config)
        self._streams, self._monitor = streams, monitor

    async def startup(self, sockets: Any = None) -> None:
        """Start the hub and the listener for health and metrics."""
        await super().startup(sockets)
        if self._monitor:
            self._monitor.begin()

    async def shutdown(self, sockets: Any = None) -> None:
        """End waits, give requests a moment, then exit the process: threads of slow requests would keep it alive."""
        waiters.let_go()
        ending = self._streams.end()
        try:
            await asyncio.wait_for(super().shutdown(sockets), MOMENT)
        except TimeoutError:
            log.warning("The hub ends. Requests that were still under way were dropped.", requests=len(self.server_state.tasks))
            exit_process()
        finally:
            for each in ending:
                each.cancel()
            if self._monitor:
                self._monitor.end()


def exit_process() -> None:
    """End the process now, without waiting for its threads."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _is_events(message: Any) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(EVENT_STREAM) for name, value in message["headers"])
