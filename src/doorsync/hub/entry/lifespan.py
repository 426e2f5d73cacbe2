"""Threads that start and end with the server, such as the scheduler and the listener for other hub processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

import structlog

PAUSE = 5.0  # seconds before a thread that failed begins again
log = structlog.get_logger()
Work = Callable[[threading.Event], None]
_threads: dict[str, threading.Thread] = {}


async def live(receive: Any, send: Any) -> None:
    """Implement ASGI's lifespan protocol, and run the background threads until shutdown."""
    from doorsync.hub.courier.work_listener import keep_listening
    from doorsync.hub.entry.audit_witness import keep_noting_trails
    from doorsync.hub.privacy.erasing import finish_erasures
    from doorsync.hub.sync.run.refresh_worker import run_refresh_worker
    from doorsync.hub.sync.run.scheduler import run_scheduler

    scheduler = update_wrapper(partial(run_scheduler, also=(finish_erasures,)), run_scheduler)
    stop = threading.Event()
    while not stop.is_set():
        event = (await receive())["type"]
        if event == "lifespan.startup":
            await asyncio.to_thread(_begin_epoch)  # before anybody is told anything
            for work in (scheduler, run_refresh_worker, keep_listening, keep_noting_trails):
                _threads[work.__name__] = threading.Thread(
                    target=keep_running, args=(work, stop), name=work.__name__, daemon=True
                )
                _threads[work.__name__].start()
        else:
            stop.set()
        await send({"type": f"{event}.complete"})


def living_threads() -> dict[str, bool]:
    """Whether each background thread is alive, by its name."""
    return {name: thread.is_alive() for name, thread in _threads.items()}


def keep_running(work: Work, stop: threading.Event) -> None:
    """Run this until told to stop. If it fails, log that and start it again."""
    while not stop.is_set():
        try:
            work(stop)
        except Exception as error:  # noqa: BLE001 - without this thread no date takes effect, or no agent is woken
            told = {"thread": work.__name__, "error": type(error).__name__}  # its words may quote what nobody may see
            log.error("A thread of the hub failed, and begins again.", **told)  # noqa: TRY400 - for the same reason
            stop.wait(PAUSE)


def _begin_epoch() -> None:
    from django.db import connection

    from doorsync.hub.terminals.hub_epoch import begin_epoch

    try:
        begin_epoch()
    finally:
        connection.close()
