"""Many enrolled agents in one process of their own, each waiting at the hub as the cloud courier does it.

They speak the real messages over one connection each. A pipe tells them what to do, and tells what they saw.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from tests.factories.patience import PATIENCE
from tests.hub.sync.counterpart import Counterpart

FIRST_PAUSE, LONGEST_PAUSE, QUIET = 1.0, 300.0, 144  # as the agent's cloud courier
TRIES, LONGEST_TRY = 6, 2.0  # as its hub port
Answer = dict[str, Any]


class Dialled:
    """One connection to the hub, opened when it is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, what: str, body: dict[str, str]) -> Answer:
        """The answer. Raises ConnectionError, also for one that is no success."""
        content = json.dumps(body).encode()
        head = f"POST /courier/{what} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        try:
            self._open = self._open or await asyncio.open_connection("127.0.0.1", self._port)
            self._open[1].write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
            return await _read(self._open[0])
        except (OSError, EOFError) as error:
            self.close()
            raise ConnectionError from error

    def close(self) -> None:
        if self._open:
            self._open[1].close()
        self._open = None


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = re.search(r"content-length: (\d+)", head)
    if not length or not head.startswith("http/1.1 200") or "connection: close" in head:
        raise ConnectionError(head.splitlines()[0])
    return dict(json.loads(await reader.readexactly(int(length[1]))))


class Waiter:
    """One agent: hello, next, receipts, then wait, for ever."""

    def __init__(self, there: Counterpart, crew: Crew) -> None:
        self.there, self.crew = there, crew
        self.name = there.agent.public_id
        self.hub = Dialled(crew.port)

    async def live(self) -> None:
        left = random.randrange(QUIET)  # as if each had begun at another moment of the past hour
        while True:
            try:
                await self._go()
            except ConnectionError:  # not even after some tries: as the agent, which begins anew after a pause
                await asyncio.sleep(FIRST_PAUSE * random.uniform(0.5, 1.0))
                continue
            await self._wait(left)
            left = QUIET

    async def _go(self) -> None:
        """Until the hub says idle."""
        while True:
            answer: Answer = await self._ask("next", nonce=self.there.nonce) if self.there.nonce else {"hello": True}
            if answer["hello"]:
                await self._ask("hello", hello=self.there.hello_message())
                continue
            for each in answer["batches"]:
                if sealed := self.there.take(each["sealed"]):
                    await self._ask("receipt", receipt=sealed)
            if not answer["batches"]:
                if answer["idle"]:
                    return
                await asyncio.sleep(answer["wait"])

    async def _wait(self, most: int) -> None:
        """Until there is work, or so many times in vain."""
        pause = FIRST_PAUSE
        for _ in range(most):
            try:
                answer, pause = await self._post("wait", nonce=self.there.nonce), FIRST_PAUSE
            except ConnectionError:
                self.crew.lost.setdefault(self.name, time.monotonic())
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if answer["work"]:
                self.crew.tell("woken", self.name, time.monotonic())
                return

    async def _ask(self, what: str, **body: str) -> Answer:
        """Asked again for a while when the hub is away."""
        for attempt in range(TRIES - 1):
            try:
                return await self._post(what, **body)
            except ConnectionError:
                await asyncio.sleep(min(LONGEST_TRY, 0.1 * 2**attempt + random.random()))
        return await self._post(what, **body)

    async def _post(self, what: str, **body: str) -> Answer:
        self.crew.seen[what] += 1
        return await self.hub.post(what, {"agent": self.name, **body})


class Crew:
    """All agents of the process, and its end of the pipe."""

    def __init__(self, port: int, agents: list[Counterpart], pipe: Connection) -> None:
        self.port, self.agents, self.pipe = port, agents, pipe
        self.seen: Counter[str] = Counter()
        self.lost: dict[str, float] = {}
        self.tasks: list[asyncio.Task[None]] = []

    def tell(self, *words: object) -> None:
        self.pipe.send(words)

    async def work(self) -> None:
        """Do what the pipe says until it says stop."""
        orders: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        asyncio.get_running_loop().add_reader(self.pipe.fileno(), lambda: orders.put_nowait(self.pipe.recv()))
        while (order := await orders.get())[0] != "stop":
            if order[0] == "grow":
                await self._grow(*order[1])
            elif order[0] == "lost":
                self.tell("lost", self.lost)
                self.lost = {}
            else:
                self.tell("seen", dict(self.seen))

    async def _grow(self, number: int, seconds: float) -> None:
        joining = self.agents[len(self.tasks) : number]
        for there in joining:
            self.tasks.append(asyncio.ensure_future(Waiter(there, self).live()))
            await asyncio.sleep(seconds / len(joining))
        self.tell("grown", number)


class Fleet:
    """The other end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def grow(self, number: int, *, within: float) -> None:
        """Let agents begin, one after the other, until there are so many."""
        self._pipe.send(("grow", (number, within)))
        self._until("grown", within + 30)

    def seen(self) -> Counter[str]:
        """How many requests of each kind the agents made."""
        self._pipe.send(("seen", None))
        return Counter(self._until("seen", 30)[1])

    def lost(self) -> dict[str, float]:
        """Whose wait failed since this was last asked, and when first by the monotonic clock."""
        self._pipe.send(("lost", None))
        return dict(self._until("lost", 30)[1])

    def woken(self, seconds: float) -> Iterator[tuple[str, float]]:
        """Who is woken in the next seconds, and when by the monotonic clock."""
        over = time.monotonic() + seconds
        while self._pipe.poll(max(over - time.monotonic(), 0)):
            told = self._pipe.recv()
            if told[0] == "woken":
                yield told[1], told[2]

    def _until(self, word: str, seconds: float) -> tuple[Any, ...]:
        over = time.monotonic() + seconds
        while self._pipe.poll(max(over - time.monotonic(), 0)):
            told: tuple[Any, ...] = self._pipe.recv()
            if told[0] == word:
                return told
        raise TimeoutError(word)


def _man(port: int, agents: list[Counterpart], pipe: Connection) -> None:
    asyncio.run(Crew(port, agents, pipe).work())


@contextmanager
def fleet(port: int, agents: list[Counterpart]) -> Iterator[Fleet]:
    """Fork a process for these agents; nobody waits before the first `grow`. It ends with the block."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_man, args=(port, agents, theirs), daemon=True)
    process.start()
    try:
        yield Fleet(ours)
    finally:
        process.terminate()
        process.join(PATIENCE)
