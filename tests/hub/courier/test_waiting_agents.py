"""Agents that wait in this process are woken from any thread, each for itself, and leave nothing behind."""

from __future__ import annotations

import asyncio
import threading

from doorsync.hub.courier.waiting_agents import Waiters


def test_only_the_agents_that_are_named_are_woken_and_from_another_thread() -> None:
    async def scene() -> None:
        waiters = Waiters()
        with waiters.waiting("a") as first, waiters.waiting("a") as second, waiters.waiting("b") as other:
            assert (waiters.anybody(), waiters.count()) == (True, 3)
            thread = threading.Thread(target=waiters.wake, args=(["a", "nobody"],))
            thread.start()
            await asyncio.gather(first.wait(), second.wait())
            thread.join()
            assert not other.is_set()
        assert (waiters.anybody(), waiters.count()) == (False, 0)
        waiters.wake(["a"])  # nobody is there any more

    asyncio.run(scene())


def test_all_are_let_go_when_the_process_stops() -> None:
    async def scene() -> None:
        waiters = Waiters()
        with waiters.waiting("a") as one, waiters.waiting("b") as other:
            waiters.let_go()
            await asyncio.gather(one.wait(), other.wait())
        assert waiters.letting_go

    asyncio.run(scene())
