"""The real hub, served by uvicorn in a thread, on the database of the test."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from doorsync.hub.entry.http_connections import Connection
from tests.factories.patience import PATIENCE
from tests.factories.ports import bound, hold_port

TO_FINISH = int(PATIENCE) // 2  # seconds for what is open when the hub ends: giving up is an error in its log, and fails the test


@dataclass
class LiveHub:
    """Where the hub answers, and the errors that it logged: a test that expects one clears the list."""

    url: str
    errors: list[str] = field(default_factory=list)


class _Errors(logging.Handler):
    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        self.kept.append(f"{record.getMessage()} {cause!r}")


@contextmanager
def running(application: Any = None, *, http: type[Connection] = Connection) -> Iterator[LiveHub]:
    """Serve the hub, or another application, until the block ends."""
    if application is None:
        from doorsync.hub.entry.asgi import application

    port = hold_port()
    hub = LiveHub(url=f"http://127.0.0.1:{port}")
    handler = _Errors(hub.errors)
    logging.getLogger().addHandler(handler)
    listening = bound(port)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=TO_FINISH,
            ws="none",
            proxy_headers=False,
            http=http,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="hub")
    thread.start()
    try:
        _wait_for(server, thread)
        yield hub
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listening.close()
        logging.getLogger().removeHandler(handler)
    assert not thread.is_alive(), "the hub did not end"


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive(), "the hub ended while it started"
        assert time.monotonic() < deadline, "the hub did not start"
        time.sleep(0.01)
