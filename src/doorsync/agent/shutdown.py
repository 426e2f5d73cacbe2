"""Stops the agent in order: the running order is finished, waiting pages get a moment for their answers, then it exits."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Never

import uvicorn

from doorsync.agent.logs import log

MOMENT = 1.0  # seconds for pages that wait when the agent stops
END_WORK = 0.5  # seconds more for an order that is under way; with all around them the agent stops within two


class Server(uvicorn.Server):
    """Serves one application, quiet and without extras, until it is told to stop.

    With `stopping`, which is called first then, requests that take longer than a moment end with the process.
    """

    def __init__(self, app: object, stopping: Callable[[], None] | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]  # uvicorn's own type for the same thing
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
            )
        )
        self._stopping = stopping

    async def shutdown(self, sockets: Any = None) -> None:
        """Let requests end, but not for longer than a moment."""
        if self._stopping:
            self._stopping()
        try:
            await asyncio.wait_for(super().shutdown(sockets), MOMENT)
        except TimeoutError:
            if not self._stopping:
                return
            log.warning("The agent stops. Pages that still waited ask again.", requests=len(self.server_state.tasks))
            exit_process()


def stop_in_order(server: uvicorn.Server) -> None:
    """A signal stops the server, before and while it runs, and never ends the process before its work is ended."""

    def stop(*_: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def exit_process() -> Never:
    """End the process now. Threads may wait for a terminal or the hub; what counts of theirs is on the disk, or is done anew."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
