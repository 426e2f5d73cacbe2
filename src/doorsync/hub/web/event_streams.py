"""Limit open event streams, per session and in all. A new stream closes the oldest one when there is no room."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import close_old_connections, connection
from django.utils import translation

EACH = 8  # of one session: more windows than anybody looks at
TOGETHER = 200
Result = TypeVar("Result")
pool = ThreadPoolExecutor(2, "events")  # apart from the threads that answer programs, and few: looking is never urgent


class Streams:
    """The open streams of this process, oldest first."""

    def __init__(self, *, each: int = EACH, together: int = TOGETHER) -> None:
        self._each, self._together = each, together
        self._open: dict[asyncio.Event, str] = {}
        self._looks: dict[tuple[str, str], tuple[float, asyncio.Future[object]]] = {}

    @contextmanager
    def opened(self, session: str) -> Iterator[asyncio.Event]:
        """A place, until the block ends. What comes back is set when somebody newer has taken it."""
        over = asyncio.Event()
        self._open[over] = session
        mine = [each for each, of in self._open.items() if of == session]
        for each in (*mine[: -self._each], *list(self._open)[: -self._together]):
            each.set()
            self._open.pop(each, None)
        try:
            yield over
        finally:
            self._open.pop(over, None)

    async def fresh_at_the_end(
        self, key: tuple[str, str], age: float, work: Callable[[], Result], ends: Callable[[Result], bool]
    ) -> Result:
        """As `look`; but what `ends` a stream is looked at anew: what was seen before a run was tried again must end none."""
        shared = await self.look(key, age, work)
        return await self.look(key, 0.0, work) if ends(shared) else shared

    async def look(self, key: tuple[str, str], age: float, work: Callable[[], Result]) -> Result:
        """What `work` says, or said at most `age` seconds ago to another stream of the same session and run."""
        now = asyncio.get_running_loop().time()
        for old in [each for each, (at, _) in self._looks.items() if now - at > age]:
            del self._looks[old]
        if key not in self._looks:
            self._looks[key] = (now, asyncio.ensure_future(in_thread(work)))
        result: Awaitable[Result] = asyncio.shield(self._looks[key][1])  # type: ignore[arg-type]  # the same key, the same kind of work
        return await result


async def in_thread(work: Callable[[], Result]) -> Result:
    """Work with the database outside the event loop, in the caller's language, with a connection that is given back."""
    language = translation.get_language()

    def with_own_connection() -> Result:
        close_old_connections()
        try:
            with translation.override(language):
                return work()
        finally:
            if connection.vendor == "sqlite":
                connection.close_at = None  # kept by these few threads: to open the file anew costs more than the look
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(pool, with_own_connection)


streams = Streams()
