"""Looks for the work of agents that begin to wait at about the same moment are made together, ten times a second at most.

An agent that comes alone is looked at at once. Nothing is lost while others wait for the next look: who is told of work
meanwhile is woken all the same.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from doorsync.hub.courier.work_lookup import Wait

EVERY = 0.1  # seconds from one look to the next; an agent waits for 25 s, so few of them ever wait for a look
MOST = 250  # waits in one look
Look = Callable[[Sequence[Wait]], list[bool | None]]
Asked = tuple[Wait, "asyncio.Future[bool | None]"]
pool = ThreadPoolExecutor(1, "courier-waits")  # apart from those where an agent that is looked at alone may wait for its company


class WaitBatches:
    """The waits of one event loop. `look` runs in a thread."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._asked: list[Asked] = []
        self._planned, self._began = False, -math.inf

    async def find_work(self, agent: str, nonce: str) -> bool | None:
        """Whether there is work for this agent; None where it has to be looked at alone, as each has when the look failed."""
        answer: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
        self._asked.append(((agent, nonce), answer))
        self._plan()
        return await answer

    def _plan(self) -> None:
        if self._asked and not self._planned:
            loop, self._planned = asyncio.get_running_loop(), True
            loop.call_later(max(self._began + EVERY - loop.time(), 0), self._begin)

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        asked, self._asked = self._asked[:MOST], self._asked[MOST:]
        self._began = loop.time()
        if len(asked) == 1:
            self._end(asked, [None])
            return
        looking: asyncio.Future[Any] = loop.run_in_executor(pool, self._look, [wait for wait, _ in asked])
        looking.add_done_callback(partial(self._looked, asked))

    def _looked(self, asked: Sequence[Asked], looking: asyncio.Future[list[bool | None]]) -> None:
        failed = looking.cancelled() or looking.exception()
        self._end(asked, [None] * len(asked) if failed else looking.result())

    def _end(self, asked: Sequence[Asked], found: Sequence[bool | None]) -> None:
        self._planned = False
        self._plan()
        for (_, answer), work in zip(asked, found, strict=True):
            if not answer.done():
                answer.set_result(work)


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, WaitBatches] = WeakKeyDictionary()


def batches_of_loop(look: Look) -> WaitBatches:
    """Those of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loop:
        _of_loop[loop] = WaitBatches(look)
    return _of_loop[loop]
