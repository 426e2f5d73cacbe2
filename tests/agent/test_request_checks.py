"""Who may speak with the agent: pages of its hub by its own name, in JSON; everybody else gets a status and nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from doorsync.agent.request_checks import Gate

HUB, NAME, PAGE = "https://hub.example.com", "gate-pc:8443", "/terminals"
GOOD = {"host": NAME, "origin": HUB, "x-doorsync": "1", "content-type": "application/json"}


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"told"})


def ask(method: str = "POST", path: str = "/hello", twice: str = "", **other: str | None) -> tuple[int, dict[str, str]]:
    """Status and headers of the answer to a request that differs so from what a page of the hub sends; `twice`: a header."""
    headers = {name: value for name, value in {**GOOD, **{n.replace("_", "-"): v for n, v in other.items()}}.items() if value}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw += [each for each in raw if each[0] == twice.encode()]
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    gate = Gate(inner, hosts=["Gate-PC:8443"], origins=[HUB], pages=[PAGE])
    asyncio.run(gate({"type": "http", "method": method, "path": path, "headers": raw}, receive, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_page_of_the_hub_is_answered_and_may_read_it() -> None:
    status, headers = ask()
    assert status == 200
    assert headers["access-control-allow-origin"] == HUB
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"origin": "https://evil.example.com"}, 403),
        ({"origin": "https://hub.example.com.evil.example"}, 403),
        ({"origin": "http://hub.example.com"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": None}, 403),
        ({"host": "evil.example.com"}, 403),  # a name that is made to point here
        ({"host": None}, 403),
        ({"twice": "origin"}, 403),
        ({"twice": "host"}, 403),
        ({"x_doorsync": None}, 400),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": None}, 415),
        ({"method": "GET"}, 405),
        ({"method": "PUT"}, 405),
    ],
)
def test_anything_else_is_refused_and_no_other_page_may_read_the_answer(other: dict[str, Any], status: int) -> None:
    refused, headers = ask(**other)
    assert refused == status
    assert "access-control-allow-origin" not in headers


def test_agents_own_page_is_shown_by_its_name_only_and_may_ask() -> None:
    assert ask("GET", PAGE, origin=None)[0] == 200
    assert ask("GET", PAGE, origin=None, host="evil.example.com")[0] == 405
    assert ask("GET", "/hello", origin=None)[0] == 405
    assert ask(origin=f"http://{NAME}")[0] == 200


def test_preflight_is_for_pages_of_the_hub() -> None:
    status, headers = ask("OPTIONS", x_doorsync=None, content_type=None)
    assert (status, headers["access-control-allow-origin"]) == (204, HUB)
    assert headers["access-control-allow-methods"] == "POST"
    assert ask("OPTIONS", origin="https://evil.example.com")[0] == 403
