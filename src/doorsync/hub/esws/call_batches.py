"""Answers calls that wait at the same moment together, for operations that can: those of a lane, a batch at a time.

While a lane is at one batch, its calls that come meanwhile wait, and are the next. Nobody waits for a timer, and of a call that
comes alone nothing is delayed. What cannot be answered so is answered by `service.answer`, as all other calls are.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
CODE = re.compile(rb"<(?:[\w.-]+:)?p_companyID\b[^>]*>([^<]{1,500})<")
LONGEST = 8 * 1024  # bytes; no call of this kind needs more, and whatever is in them is read in a moment

log = logging.getLogger("doorsync.esws")


Work = Callable[[], list[Reply | None]]
Waiting = tuple[Request, asyncio.Future[Reply | None]]


def one_lane(_: bytes) -> bytes:
    """All calls wait for each other."""
    return b""


def lane_of_company(body: bytes) -> bytes | None:
    """The calls of one company wait for each other, as they would for its lock; None where the code is not found at a glance."""
    found = CODE.search(body)
    return found[1] if found else None


class CallBatches:
    """Answers calls of these operations together. More of them than may wait are refused at once.

    `lane`: which calls wait for each other; None for a call to be answered alone. `run`: where a batch is worked on; a thread of
    its own without it.
    """

    def __init__(
        self,
        operations: Mapping[str, Operation],
        *,
        lane: Callable[[bytes], bytes | None] = one_lane,
        run: Callable[[Work], Awaitable[list[Reply | None]]] | None = None,
        waiting: int = WAITING,
    ) -> None:
        self._operations = operations
        self._names = [name.rpartition(".")[2].encode() for name, each in operations.items() if each.run_together]
        self._lane, self._run = lane, run or self._run_in_own_thread
        self._pool = ThreadPoolExecutor(1, "esws-batches")
        self._lanes: dict[bytes, list[Waiting]] = {}  # those at work, with who waits for their next batch
        self._most, self._waiting = waiting, 0

    def takes(self, body: bytes) -> bool:
        """Whether this may be a call for a batch: a cheap look at its size and operation."""
        return len(body) <= LONGEST and any(name in body for name in self._names) and self._lane(body) is not None

    async def answer(self, request: Request) -> Reply | None:
        """The reply; None where the call has to be answered alone. Raises Busy."""
        if self._waiting >= self._most:
            raise Busy(retry_after=1)
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Reply | None] = loop.create_future()
        lane = self._lane(request.body) or b""
        self._waiting += 1
        if lane not in self._lanes:
            self._lanes[lane] = []
            loop.call_soon(self._begin, lane)  # what came in together with this one is read first
        self._lanes[lane].append((request, waiting))
        return await waiting

    def _begin(self, lane: bytes) -> None:
        batch, self._lanes[lane] = self._lanes[lane][:MOST], self._lanes[lane][MOST:]
        self._waiting -= len(batch)
        work = partial(replies, [request for request, _ in batch], self._operations)
        under_way = asyncio.ensure_future(self._run(work))
        under_way.add_done_callback(partial(self._end, lane, [waiting for _, waiting in batch]))

    def _end(
        self, lane: bytes, waiting: Sequence[asyncio.Future[Reply | None]], done: asyncio.Future[list[Reply | None]]
    ) -> None:
        if self._lanes[lane]:
            self._begin(lane)
        else:
            del self._lanes[lane]
        given = [None] * len(waiting) if done.cancelled() or done.exception() else done.result()
        for each, reply in zip(waiting, given, strict=True):
            if not each.done():
                each.set_result(reply)

    async def _run_in_own_thread(self, work: Work) -> list[Reply | None]:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(with_own_connections, work))


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
