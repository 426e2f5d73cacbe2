"""Waits that begin at about the same moment share a look; one that comes alone shares none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from doorsync.hub.courier import wait_batches
from doorsync.hub.courier.wait_batches import WaitBatches
from doorsync.hub.courier.work_lookup import Wait


class Looks:
    """A look that finds work for "busy" alone, and remembers for whom it was made. One that is held does not end yet."""

    def __init__(self) -> None:
        self.made: list[list[str]] = []
        self.fails = False
        self.begun, self.free = threading.Event(), threading.Event()
        self.free.set()

    def __call__(self, waits: Sequence[Wait]) -> list[bool | None]:
        self.made.append([name for name, _ in waits])
        self.begun.set()
        self.free.wait()
        if self.fails:
            raise OSError
        return [name == "busy" for name, _ in waits]


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait_batches, "EVERY", 0.0)


async def ask(batches: WaitBatches, *names: str) -> list[bool | None]:
    return list(await asyncio.gather(*(batches.find_work(name, "") for name in names)))


def test_who_comes_alone_is_looked_at_alone() -> None:
    looks = Looks()
    assert asyncio.run(ask(WaitBatches(looks), "one")) == [None]
    assert not looks.made


def test_those_who_come_together_share_a_look_and_each_hears_of_its_own() -> None:
    looks = Looks()
    assert asyncio.run(ask(WaitBatches(looks), "one", "busy", "two")) == [False, True, False]
    assert looks.made == [["one", "busy", "two"]]


def test_those_who_come_during_a_look_share_the_next_one() -> None:
    looks = Looks()

    async def scene() -> list[list[bool | None]]:
        batches = WaitBatches(looks)
        looks.free.clear()
        first = asyncio.ensure_future(ask(batches, "one", "two"))
        await asyncio.to_thread(looks.begun.wait)
        others = [asyncio.ensure_future(ask(batches, name)) for name in ("busy", "three")]
        await asyncio.sleep(0)
        looks.free.set()
        return [await first, *[await other for other in others]]

    assert asyncio.run(scene()) == [[False, False], [True], [False]]
    assert looks.made == [["one", "two"], ["busy", "three"]]


def test_a_look_has_a_size_and_all_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait_batches, "MOST", 2)
    looks = Looks()
    assert asyncio.run(ask(WaitBatches(looks), "one", "two", "three", "busy")) == [False, False, False, True]
    assert looks.made == [["one", "two"], ["three", "busy"]]


def test_after_a_look_that_failed_each_is_looked_at_alone_and_the_next_look_is_made() -> None:
    looks = Looks()

    async def scene() -> list[list[bool | None]]:
        batches = WaitBatches(looks)
        looks.fails = True
        failed = await ask(batches, "one", "busy")
        looks.fails = False
        return [failed, await ask(batches, "one", "busy")]

    assert asyncio.run(scene()) == [[None, None], [False, True]]


def test_one_who_has_gone_meanwhile_troubles_nobody() -> None:
    looks = Looks()

    async def scene() -> bool | None:
        batches = WaitBatches(looks)
        looks.free.clear()
        gone, stays = (asyncio.ensure_future(batches.find_work(name, "")) for name in ("one", "busy"))
        await asyncio.to_thread(looks.begun.wait)
        gone.cancel()
        looks.free.set()
        return await stays

    assert asyncio.run(scene()) is True
