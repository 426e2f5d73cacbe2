"""The second listener: health and metrics, answered by the loop that answers everybody else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from doorsync.hub.entry.monitoring import gauges
from doorsync.hub.entry.monitoring.application import application


class Monitor(uvicorn.Server):
    """A second uvicorn server beside the hub's own, which alone handles signals."""

    def __init__(self, listening: socket.socket) -> None:
        config = uvicorn.Config(application, log_config=None, access_log=False, server_header=False, lifespan="off", ws="none")
        super().__init__(config)
        self._listening = listening
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start answering, in the running event loop."""
        gauges.register()
        self._task = asyncio.ensure_future(self.serve(sockets=[self._listening]))

    def end(self) -> None:
        """Stop answering at once."""
        if self._task:
            self._task.cancel()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the hub's own server."""
        yield
