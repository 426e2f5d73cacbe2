"""Bodies of anybody: taken within bounds or refused, before Django or a database hears of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import httpx2
import pytest

from doorsync.hub.courier.urls import urlpatterns
from doorsync.hub.entry.body_limits import FEW_WORDS, MESSAGE, SHARE, SMALL, TOGETHER, BodyLimits
from tests.factories.live import LiveHub

MESSAGES = sorted({f"/{each.pattern}" for each in urlpatterns} - FEW_WORDS)  # whatever the courier comes to take
JSON = {"Content-Type": "application/json"}


class Django:
    """Stands where Django stands: takes the body, and says how much it got."""

    def __init__(self) -> None:
        self.bodies: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append(len((await receive())["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


CHUNKED = (b"transfer-encoding", b"chunked")


async def ask(
    limits: BodyLimits,
    path: str,
    parts: Iterable[bytes],
    *,
    ends: bool = True,
    header: tuple[bytes, bytes] = CHUNKED,
    client: str = "192.0.2.1",
) -> int:
    """Send these parts, and the end of the body if it `ends`; the status of the answer."""
    waiting, told = iter(parts), []

    async def receive() -> Any:
        part = next(waiting, None)
        if part is None and not ends:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(message: Any) -> None:
        told.append(message)

    await limits({"type": "http", "path": path, "client": (client, 1), "headers": [header]}, receive, send)
    return int(told[0]["status"])


@pytest.mark.parametrize(
    ("path", "size"), [*((path, MESSAGE) for path in MESSAGES), ("/courier/enrol", SMALL), ("/sign-in/", SMALL)]
)
def test_body_up_to_the_limit_of_its_address_is_handed_on_whole(path: str, size: int) -> None:
    django = Django()
    limits = BodyLimits(django)
    assert asyncio.run(ask(limits, path, [b"x" * (size - 1), b"x"])) == 200
    assert asyncio.run(ask(limits, path, [b"x" * size, b"x"])) == 413
    assert django.bodies == [size]


def test_parts_of_a_memory_count_as_messages() -> None:
    assert {"/courier/hello", "/courier/part", "/courier/receipt", "/courier/refused", "/courier/rotate"} <= set(MESSAGES)


def test_body_of_300_mebibytes_is_refused_unread() -> None:
    assert (
        asyncio.run(ask(BodyLimits(Django()), "/courier/receipt", [], ends=False, header=(b"content-length", b"314572800")))
        == 413
    )


def test_body_of_300_mebibytes_in_pieces_is_not_read_to_its_end() -> None:
    pieces = iter([bytes(1024 * 1024)] * 300)
    assert asyncio.run(ask(BodyLimits(Django()), "/sync/", pieces)) == 413
    assert len(list(pieces)) > 250


def test_body_that_stalls_is_given_up() -> None:
    assert asyncio.run(ask(BodyLimits(Django(), stall=0.05), "/courier/hello", [b"x"], ends=False)) == 408


def test_one_source_holds_a_part_of_the_room_only() -> None:
    limits = BodyLimits(Django())

    async def storm() -> tuple[int, int]:
        whole = [b"x" * MESSAGE]
        held = [asyncio.ensure_future(ask(limits, "/courier/receipt", whole, ends=False)) for _ in range(TOGETHER // SHARE)]
        await asyncio.sleep(0)
        answers = [await ask(limits, "/courier/receipt", whole, client=client) for client in ("192.0.2.1", "198.51.100.1")]
        for each in held:
            each.cancel()
        return answers[0], answers[1]

    assert asyncio.run(storm()) == (503, 200)


@pytest.mark.requirement("S-04", mutation="no BodyLimits before Django")
def test_hub_refuses_what_is_too_large_wherever_it_is_sent(hub: LiveHub) -> None:
    for path in ("/courier/enrol", "/courier/next", "/sign-in/", "/nowhere/"):
        answer = httpx2.post(hub.url + path, content=b"x" * (SMALL + 1), headers=JSON)
        assert answer.status_code == 413, path
        assert "64 KiB" in answer.text
    for path in MESSAGES:
        answer = httpx2.post(hub.url + path, content=b"x" * (MESSAGE + 1), headers=JSON)
        assert (answer.status_code, answer.json()["error"]) == (413, "too-large"), path


@pytest.mark.parametrize("body", [{"a": ["x"]}, {f"a{number}": "" for number in range(100)}, {"a": {"b": "c"}}])
def test_courier_reads_no_body_that_is_no_message_of_ours(hub: LiveHub, body: dict[str, Any]) -> None:
    answer = httpx2.post(f"{hub.url}/courier/hello", content=json.dumps(body), headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (409, "malformed")
