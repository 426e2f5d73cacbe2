from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django_scopes import scopes_disabled

from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.esws.application import Application
from doorsync.hub.esws.call_batches import LONGEST, MOST, CallBatches, lane_of_company, replies
from doorsync.hub.esws.declarations import Caller, Operation
from doorsync.hub.esws.errors import Busy
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.service import Reply, Request
from tests.factories import soap, world
from tests.factories.patience import PATIENCE

NAME = "Esws.getTotalSyncToken"
OTHER = soap.SAMPLE.replace(b"getTotalSyncToken", b"getUsers")
Given = Sequence[tuple[Caller, Mapping[str, Any]]]


class Desk:
    """Answers with the names it was given. The first batch waits for `go_on`; "nobody" has to be looked at alone."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def together(self, calls: Given) -> list[str | None]:
        self.batches.append([given["username"] for _, given in calls])
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if "broken" in self.batches[-1]:
            raise ZeroDivisionError
        return [None if given["username"] == "nobody" else f"for {given['username']}" for _, given in calls]

    @property
    def operations(self) -> dict[str, Operation]:
        return {NAME: replace(OPERATIONS[NAME], run_together=self.together)}


def asked(name: str) -> Request:
    return Request(body=soap.written(p_adminUsername=name))


def results(given: Sequence[Reply | None]) -> list[str | None]:
    return [soap.result(reply.body) if reply else None for reply in given]


@pytest.mark.django_db(transaction=True)
def test_those_that_come_meanwhile_are_answered_together() -> None:
    desk = Desk()
    batches = CallBatches(desk.operations)

    async def crowd() -> list[Reply | None]:
        first = asyncio.ensure_future(batches.answer(asked("0")))
        assert await asyncio.to_thread(desk.begun.wait, PATIENCE)
        rest = [asyncio.ensure_future(batches.answer(asked(str(number)))) for number in range(1, MOST + 11)]
        await asyncio.sleep(0)  # each of them gets in the line
        desk.go_on.set()
        return await asyncio.gather(first, *rest)

    assert results(asyncio.run(crowd())) == [f"for {number}" for number in range(MOST + 11)]
    assert [len(batch) for batch in desk.batches] == [1, MOST, 10]


@pytest.mark.django_db(transaction=True)
def test_calls_that_came_in_together_are_one_batch_and_the_next_one_begins_anew() -> None:
    desk = Desk()
    desk.go_on.set()
    batches = CallBatches(desk.operations)

    async def twice() -> None:
        await asyncio.gather(*(batches.answer(asked(str(number))) for number in range(3)))
        await batches.answer(asked("3"))

    asyncio.run(twice())
    assert desk.batches == [["0", "1", "2"], ["3"]]


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["a", "nobody", "b"], ["for a", None, "for b"]), (["a", "broken"], [None, None])],
    ids=["one alone", "all failed"],
)
def test_what_cannot_be_answered_together_is_left(names: list[str], expected: list[str | None]) -> None:
    desk = Desk()
    desk.go_on.set()
    assert results(replies([asked(name) for name in names], desk.operations)) == expected


def test_what_is_no_such_call_is_left() -> None:
    desk = Desk()
    desk.go_on.set()
    others = [b"", b"<getTotalSyncToken>", OTHER, b'<?xml version="1.0" encoding="utf-7"?>' + soap.written()]
    given = replies([*(Request(body=body) for body in others), asked("a")], {**OPERATIONS, **desk.operations})
    assert results(given) == [None, None, None, None, "for a"]


def test_only_short_bodies_with_the_name_are_taken() -> None:
    batches = CallBatches(OPERATIONS)
    assert batches.takes(soap.SAMPLE)
    assert not batches.takes(OTHER)
    assert not batches.takes(soap.SAMPLE + b" " * LONGEST)


@pytest.mark.django_db(transaction=True)
def test_a_lane_waits_for_no_other() -> None:
    """The calls of one company are a batch while its first one is at work; those of another company are answered meanwhile."""
    desk, both_begun, begun = Desk(), asyncio.Event(), list[object]()
    lanes: dict[str, bytes] = {"a": b"one", "b": b"one", "c": b"two"}

    def lane(body: bytes) -> bytes | None:
        return next((lanes[name] for name in lanes if f">{name}<".encode() in body), None)

    async def run(work: Callable[[], list[Reply | None]]) -> list[Reply | None]:
        begun.append(work)
        if len(begun) == 2:
            both_begun.set()
        return await asyncio.to_thread(work)

    batches = CallBatches(desk.operations, lane=lane, run=run)

    async def crowd() -> list[Reply | None]:
        first = asyncio.ensure_future(batches.answer(asked("a")))
        assert await asyncio.to_thread(desk.begun.wait, PATIENCE)
        rest = [asyncio.ensure_future(batches.answer(asked(name))) for name in "bbc"]
        await both_begun.wait()
        desk.go_on.set()
        return await asyncio.gather(first, *rest)

    assert results(asyncio.run(crowd())) == ["for a", "for b", "for b", "for c"]
    assert sorted(desk.batches) == [["a"], ["b", "b"], ["c"]]
    assert not batches.takes(soap.written(p_adminUsername="x"))


@pytest.mark.parametrize(
    ("body", "lane"),
    [
        (b"<p_companyID>ab^;c</p_companyID>", b"ab^;c"),
        (b'<ns1:p_companyID xsi:type="xsd:string">c &amp; d</ns1:p_companyID>', b"c &amp; d"),
        (b"<p_companyID/>", None),
        (b"<p_companyIDs>1</p_companyIDs>", None),
        (b"<param0>code</param0>", None),
    ],
)
def test_the_lane_of_a_company_is_its_code_as_it_was_written(body: bytes, lane: bytes | None) -> None:
    assert lane_of_company(body) == lane


def test_more_than_may_wait_are_refused() -> None:
    batches = CallBatches(Desk().operations, waiting=0)
    with pytest.raises(Busy):
        asyncio.run(batches.answer(asked("a")))


@pytest.fixture
def alice(transactional_db: None) -> Administrator:
    return world.administrator(world.company())


@pytest.mark.requirement("R-08", mutation="the entries of a batch chained to the same one")
def test_fifty_at_once_get_a_token_each_and_leave_a_whole_trail(alice: Administrator) -> None:
    application = Application()

    async def call() -> bytes:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": soap.SAMPLE}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": soap.PATH, "headers": [], "http_version": "1.1", "query_string": b""}
        await application({**scope, "client": ("192.0.2.7", 1)}, receive, send)
        return b"".join(message.get("body", b"") for message in sent)

    async def crowd() -> list[bytes]:
        first = await call()
        return [first, *await asyncio.gather(*(call() for _ in range(49)))]

    given = {soap.result(body) for body in asyncio.run(crowd())}
    assert {len(token or "") for token in given} == {128}
    assert len(given) == 50
    assert verify_trail(alice.company_id, begins="").fault == ""
    with scopes_disabled():
        assert SyncToken.objects.count() == 50
        assert SyncToken.objects.filter(revoked_at=None).count() == 5
