"""Agents that wait for work in this process: an event for each, which any thread can set."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Waiters:
    """The waiting agents of this process. Nothing is kept: an agent that misses an event asks again after its wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, set[tuple[asyncio.Event, asyncio.AbstractEventLoop]]] = defaultdict(set)
        self.letting_go = False

    @contextmanager
    def waiting(self, agent: str) -> Iterator[asyncio.Event]:
        """An event that is set when there is work for this agent. Enter the block before looking for work, to miss none."""
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

    def wake(self, agents: Iterable[str]) -> None:
        """Wake these agents."""
        with self._lock:
            entries = [entry for agent in agents for entry in self._waiting.get(agent, ())]
        for woken, loop in entries:
            loop.call_soon_threadsafe(woken.set)

    def anybody(self) -> bool:
        """Whether any agent waits here."""
        with self._lock:
            return bool(self._waiting)

    def count(self) -> int:
        """How many waits there are."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def wake_all(self) -> None:
        """Wake all agents, because notifications may have been missed."""
        with self._lock:
            agents = list(self._waiting)
        self.wake(agents)

    def let_go(self) -> None:
        """End every wait without work, because this process is about to stop. Agents then ask another one."""
        self.letting_go = True
        self.wake_all()


waiters = Waiters()
