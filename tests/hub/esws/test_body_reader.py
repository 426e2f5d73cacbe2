from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack

import pytest

from doorsync.hub.esws.application import Application
from doorsync.hub.esws.body_reader import DISCARDED, Event, Gone, Intake
from doorsync.hub.esws.errors import Busy, TooLarge, TooSlow
from tests.factories import live, soap


class Sender:
    """A server's `receive` for a body in parts; without an end it waits for ever."""

    def __init__(self, parts: Iterable[bytes], *, ends: bool = True) -> None:
        self.parts, self.ends, self.asked = list(parts), ends, 0

    async def __call__(self) -> Event:
        self.asked += 1
        if self.parts:
            return {"type": "http.request", "body": self.parts.pop(0), "more_body": bool(self.parts) or not self.ends}
        if self.ends:
            return {"type": "http.disconnect"}
        await asyncio.Event().wait()
        raise AssertionError


def taken(intake: Intake, sender: Sender, announced: int = 0) -> bytes:
    async def take() -> bytes:
        async with intake.body(sender, announced=announced) as body:
            assert intake.held == len(body)
            return body

    try:
        return asyncio.run(take())
    finally:
        assert intake.held == 0


@pytest.mark.parametrize("parts", [[b""], [b"abc"], [b"a", b"", b"bc"], [b"x" * 10]])
def test_body_is_joined_from_its_parts(parts: list[bytes]) -> None:
    assert taken(Intake(limit=10), Sender(parts)) == b"".join(parts)


@pytest.mark.parametrize("parts", [[b"x" * 11], [b"x" * 10, b"x"], [b"x"] * 11])
def test_body_over_the_limit_is_refused_after_it_was_sent(parts: list[bytes]) -> None:
    sender = Sender(parts)

    with pytest.raises(TooLarge):
        taken(Intake(limit=10), sender)
    assert sender.parts == []


def test_body_without_an_end_is_not_read_for_ever() -> None:
    sender = Sender([b"x" * 1_000_000] * 100)

    with pytest.raises(TooLarge):
        taken(Intake(), sender)
    assert sender.asked < 3 + DISCARDED // 1_000_000 + 3


def test_body_that_waits_to_be_asked_for_is_refused_unread() -> None:
    sender = Sender([b"x"])

    with pytest.raises(TooLarge):
        taken(Intake(limit=10), sender, announced=11)
    assert sender.asked == 0


def test_body_that_does_not_come_in_time_is_refused() -> None:
    with pytest.raises(TooSlow):
        taken(Intake(seconds=0.05), Sender([b"x"], ends=False))


def test_body_of_a_caller_who_hangs_up_is_dropped() -> None:
    class Cut(Sender):
        async def __call__(self) -> Event:
            return await super().__call__() if self.parts else {"type": "http.disconnect"}

    with pytest.raises(Gone):
        taken(Intake(), Cut([b"x"], ends=False))


def test_bodies_that_are_too_much_together_are_refused_until_there_is_room() -> None:
    intake = Intake(limit=10, together=25)

    async def hold() -> None:
        async with AsyncExitStack() as held:
            for _ in range(2):
                await held.enter_async_context(intake.body(Sender([b"x" * 10])))
            with pytest.raises(Busy):
                await held.enter_async_context(intake.body(Sender([b"x" * 6])))
            assert await held.enter_async_context(intake.body(Sender([b"x" * 5]))) == b"xxxxx"

    asyncio.run(hold())
    assert taken(intake, Sender([b"x" * 10])) == b"x" * 10


def test_a_caller_who_never_finishes_is_told_so() -> None:
    head = f"POST {soap.PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    with live.running(Application(intake=Intake(seconds=0.2))) as hub:
        got = soap.raw(hub.url, head.encode() + b"<half")

    assert got.fault == "Client"
    assert b"in time" in got.body
    assert got.headers["connection"] == "close"
