"""The long poll of the cloud courier: an agent waits here, in one coroutine, until there is work for it.

It stands in front of Django, because a Django request would hold a thread for as long as it waits.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.courier import agent_checks, agent_hello, dispatch
from doorsync.hub.courier.endpoints import is_plain
from doorsync.hub.courier.wait_batches import batches_of_loop
from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.courier.work_lookup import Wait, find_work
from doorsync.hub.sync.run.automatic_runs import on_agent_reconnected
from doorsync.hub.terminals.connectivity import SILENT
from doorsync.hub.terminals.door_openings import waiting_openings
from doorsync.hub.terminals.models import Agent
from doorsync.messages.errors import MessageRefused

PATH = "/courier/wait"
LONGEST = 25.0  # seconds: below the minute at which proxies hang up
BODY = 1024
SOON = 15.0  # seconds within which the request's body must arrive
pool = ThreadPoolExecutor(4, "courier-wait")
Found = TypeVar("Found")


async def waiting(scope_: Any, receive: Any, send: Any) -> None:
    """POST {"agent", "nonce"}: {"work": true} as soon as there is some, {"work": false} after 25 s or when the hub ends."""
    try:
        async with asyncio.timeout(SOON):
            body = await _body(receive)
    except TimeoutError:
        return await _answer(send, 408, {"error": "too-slow"})
    if scope_["method"] != "POST" or body is None:
        return await _answer(send, 400, {"error": "malformed"})
    with waiters.waiting(body["agent"]) as woken:
        try:
            work = await _look(body["agent"], body["nonce"])
        except MessageRefused as error:
            return await _answer(send, 409, {"error": error.code(), "message": str(error)})
        if not work:
            work = await _woken_or_gone(woken, receive)
    return await _answer(send, 200, {"work": work})


def has_work(public_id: str, nonce: str) -> bool:
    """Whether this agent should ask for batches now, also to be told that it has to say hello. Raises MessageRefused."""
    agent = agent_checks.find_agent(public_id)
    if not agent_checks.is_newest(agent, nonce) or agent_checks.must_say_hello(agent):
        return True
    now = timezone.now()
    with scope(company=agent.company):
        was_away = agent.waited_at is None or agent.waited_at < now - SILENT
        if was_away:
            with isolated("An agent that is back could not be given what it missed.", agent=public_id), transaction.atomic():
                lock_company(agent.company)  # before the agent's row, as a hello does
                Agent.objects.filter(pk=agent.pk).update(waited_at=now)
                on_agent_reconnected(agent, now)
        Agent.objects.filter(pk=agent.pk).update(seen_at=now, waited_at=now)
        return (
            dispatch.has_open_run_terminals(agent) or bool(waiting_openings(agent, now)) or agent_hello.should_change_keys(agent)
        )


async def _look(agent: str, nonce: str) -> bool:
    """Together with those who begin to wait now, or alone."""
    found = await batches_of_loop(_look_together).find_work(agent, nonce)
    return await _in_thread(partial(has_work, agent, nonce)) if found is None else found


async def _woken_or_gone(woken: asyncio.Event, receive: Any) -> bool:
    wake, gone = asyncio.ensure_future(woken.wait()), asyncio.ensure_future(receive())
    try:
        await asyncio.wait({wake, gone}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
        return wake.done() and not waiters.letting_go
    finally:
        wake.cancel()
        gone.cancel()


async def _body(receive: Any) -> dict[str, str] | None:
    read = b""
    while True:
        event = await receive()
        read += event.get("body", b"")
        if event["type"] == "http.disconnect" or len(read) > BODY:
            return None
        if not event.get("more_body"):
            break
    try:
        body = json.loads(read)
        found = {"agent": str(body["agent"]), "nonce": str(body["nonce"])}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if all(map(is_plain, found.values())) else None


async def _in_thread(work: Callable[[], bool]) -> bool:
    return await asyncio.get_running_loop().run_in_executor(pool, partial(_with_own_connection, work))


def _look_together(waits: Sequence[Wait]) -> list[bool | None]:
    return _with_own_connection(partial(find_work, waits))


def _with_own_connection(work: Callable[[], Found]) -> Found:
    close_old_connections()
    try:
        return work()
    finally:
        if connection.vendor == "sqlite":  # PostgreSQL's go back to their pool
            connection.close_at = None  # kept open: opening the file costs more than the query
        close_old_connections()


async def _answer(send: Any, status: int, answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
