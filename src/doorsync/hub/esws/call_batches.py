"""Answers calls that wait at the same moment together, for operations that can. One thread does so, a batch at a time.

While it is at one batch, the calls that come meanwhile wait, and are the next. Nobody waits for a timer, and of a call that comes
alone nothing is delayed. What cannot be answered so is answered by `service.answer`, as all other calls are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from doorsync.hub.esws import codec
from doorsync.hub.esws.codec import Call
from doorsync.hub.esws.declarations import Caller, Operation, Together
from doorsync.hub.esws.errors import Busy, Fault
from doorsync.hub.esws.service import Reply, Request
from doorsync.hub.esws.workers import WAITING, with_own_connections

MOST = 64  # calls in one batch
LONGEST = 8 * 1024  # bytes; no call of this kind needs more, and whatever is in them is read in a moment

log = logging.getLogger("doorsync.esws")


class CallBatches:
    """Answers calls together. More of them than may wait are refused at once."""

    def __init__(self, operations: Mapping[str, Operation], *, waiting: int = WAITING) -> None:
        self._operations = operations
        self._names = [name.rpartition(".")[2].encode() for name, each in operations.items() if each.run_together]
        self._pool = ThreadPoolExecutor(1, "esws-batches")
        self._waiting: list[tuple[Request, asyncio.Future[Reply | None]]] = []
        self._most, self._busy = waiting, False

    def takes(self, body: bytes) -> bool:
        """Whether this may be a call for a batch: a cheap look at its size and operation."""
        return len(body) <= LONGEST and any(name in body for name in self._names)

    async def answer(self, request: Request) -> Reply | None:
        """The reply; None where the call has to be answered alone. Raises Busy."""
        if len(self._waiting) >= self._most:
            raise Busy(retry_after=1)
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Reply | None] = loop.create_future()
        self._waiting.append((request, waiting))
        if not self._busy:
            self._busy = True
            loop.call_soon(self._begin)  # what came in together with this one is read first
        return await waiting

    def _begin(self) -> None:
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        work = partial(with_own_connections, partial(replies, [request for request, _ in batch], self._operations))
        under_way = asyncio.get_running_loop().run_in_executor(self._pool, work)
        under_way.add_done_callback(partial(self._end, [waiting for _, waiting in batch]))

    def _end(self, waiting: Sequence[asyncio.Future[Reply | None]], done: asyncio.Future[list[Reply | None]]) -> None:
        if self._waiting:
            self._begin()
        else:
            self._busy = False
        given = [None] * len(waiting) if done.cancelled() or done.exception() else done.result()
        for each, reply in zip(waiting, given, strict=True):
            if not each.done():
                each.set_result(reply)


def replies(requests: Sequence[Request], operations: Mapping[str, Operation]) -> list[Reply | None]:
    """The replies to these requests; None for each that has to be answered alone, as all have when the batch failed."""
    answers: list[Reply | None] = [None] * len(requests)
    by_way: dict[Together, list[tuple[int, Call]]] = {}
    read: dict[tuple[bytes, str, str], Call | None] = {}  # calls of one program are often alike to the byte
    for place, request in enumerate(requests):
        words = request.body, request.content_type, request.action
        call = read[words] if words in read else read.setdefault(words, _call(request, operations))
        if call and call.operation.run_together:
            by_way.setdefault(call.operation.run_together, []).append((place, call))
    for run_together, some in by_way.items():
        given = [(Caller(requests[place].address), call.arguments) for place, call in some]
        for (place, call), value in zip(some, _values(run_together, given), strict=True):
            answers[place] = None if value is None else Reply(200, codec.response(call, value))
    return answers


def _values(run_together: Together, calls: Sequence[tuple[Caller, Mapping[str, Any]]]) -> Sequence[Any]:
    try:
        return run_together(calls)
    except Exception as error:  # noqa: BLE001 - each of them is tried again alone, and hears of its own error
        log.warning("esws.batch_failed %s", type(error).__name__)
        return [None] * len(calls)


def _call(request: Request, operations: Mapping[str, Operation]) -> Call | None:
    try:
        return next(codec.possible_calls(request.body, request.content_type, request.action, operations), None)
    except Fault:
        return None
