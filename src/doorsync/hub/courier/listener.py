"""Carrying the word that there is work to every hub process: PostgreSQL's NOTIFY; SQLite's file is looked at.

With SQLite there is one hub, but commands change the company too, each in a process of its own.
"""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import structlog
from django.db import connection
from django.dispatch import receiver

from doorsync.hub.courier.dispatch import with_open_lines
from doorsync.hub.courier.waiters import bells
from doorsync.hub.sync.run.notifications import work_waiting

CHANNEL = "doorsync_work"
PATIENCE = 5.0  # seconds between looks at whether to stop, and before trying again
LOOK = 0.5  # seconds between looks at SQLite's file
log = structlog.get_logger()


@receiver(work_waiting)
def call(*, agents: set[str], **_: Any) -> None:
    """Ring here at once, and tell the others."""
    bells.ring(agents)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.executemany(f"SELECT pg_notify('{CHANNEL}', %s)", [[agent] for agent in sorted(agents)])


def keep_listening(stop: threading.Event) -> None:
    """Ring for whom another process has work, until told to stop."""
    listen = _listen if connection.vendor == "postgresql" else _watch
    while not stop.is_set():
        try:
            listen(stop)
        except Exception as error:  # noqa: BLE001 - mostly a database that is away; whatever it is, agents are to be woken again
            log.warning("Agents of other processes may be woken late: the database did not answer.", error=type(error).__name__)
            stop.wait(PATIENCE)
        finally:
            connection.close()


def _listen(stop: threading.Event) -> None:
    """Begins with waking everybody, because words may have been missed before."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        bells.ring_all()
        while not stop.is_set():
            for notice in listening.notifies(timeout=PATIENCE):
                bells.ring([notice.payload])


def _watch(stop: threading.Event) -> None:
    """Look for work only when somebody waits, and only after a write that another connection made."""
    seen = None
    while not stop.wait(LOOK):
        if not bells.anybody():
            continue
        with connection.cursor() as cursor:
            version = cursor.execute("PRAGMA data_version").fetchone()
        if version != seen:
            seen = version
            bells.ring(with_open_lines())
