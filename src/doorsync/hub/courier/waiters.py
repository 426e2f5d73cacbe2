"""Waking agents that wait: a bell for each, rung from any thread of this process."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

Bell = asyncio.Event


class Waiters:
    """Who waits in this process. Nothing here matters for longer than a wait: whoever misses a ring asks again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, set[tuple[Bell, asyncio.AbstractEventLoop]]] = defaultdict(set)
        self.letting_go = False

    @contextmanager
    def hung(self, agent: str) -> Iterator[Bell]:
        """A bell that rings for this agent until the block ends. Hang it first, then look for work: nothing is missed."""
        entry = (asyncio.Event(), asyncio.get_running_loop())
        with self._lock:
            self._waiting[agent].add(entry)
        try:
            yield entry[0]
        finally:
            with self._lock:
                self._waiting[agent].discard(entry)
                if not self._waiting[agent]:
                    del self._waiting[agent]

    def ring(self, agents: Iterable[str]) -> None:
        """Wake these agents."""
        with self._lock:
            entries = [entry for agent in agents for entry in self._waiting.get(agent, ())]
        for bell, loop in entries:
            loop.call_soon_threadsafe(bell.set)

    def anybody(self) -> bool:
        """Whether anybody waits here."""
        with self._lock:
            return bool(self._waiting)

    def count(self) -> int:
        """How many wait here."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def ring_all(self) -> None:
        """Wake everybody: after a time in which rings may have been missed."""
        with self._lock:
            agents = list(self._waiting)
        self.ring(agents)

    def let_go(self) -> None:
        """End every wait, without work: this process is about to end, and agents ask the next one."""
        self.letting_go = True
        self.ring_all()


bells = Waiters()
