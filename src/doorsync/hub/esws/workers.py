"""The threads that do the work of calls: a few of them, with a short queue, each with database connections of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, connections

from doorsync.hub.esws.errors import Busy

Result = TypeVar("Result")

THREADS = 8
WAITING = 248


class Workers:
    """Runs synchronous work outside the event loop. More than the queue holds is refused at once, not kept waiting."""

    def __init__(self, *, threads: int = THREADS, waiting: int = WAITING) -> None:
        self.pool = ThreadPoolExecutor(threads, "esws")
        self.room = threads + waiting

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of the work. Raises Busy."""
        if not self.room:
            raise Busy(retry_after=1)
        self.room -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, with_own_connections, work)
        finally:
            self.room += 1


def with_own_connections(work: Callable[[], Result]) -> Result:
    """As Django does around a request: a connection that broke or grew old must not meet the next call."""
    close_old_connections()
    try:
        return work()
    finally:
        for connection in connections.all(initialized_only=True):
            if connection.vendor == "sqlite":
                # A file does not hang up. To open it anew costs four times as much as to look a company up in it.
                connection.close_at = None
        close_old_connections()
