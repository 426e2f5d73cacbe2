"""Carrying the word that there is work to every hub process: PostgreSQL's NOTIFY; with SQLite there is only this one."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import structlog
from django.db import connection
from django.dispatch import receiver

from doorsync.hub.courier.bells import bells
from doorsync.hub.sync.calls import work_waiting

CHANNEL = "doorsync_work"
PATIENCE = 5.0  # seconds between looks at whether to stop, and before trying again
log = structlog.get_logger()


@receiver(work_waiting)
def call(*, agents: set[str], **_: Any) -> None:
    """Ring here at once, and tell the others."""
    bells.ring(agents)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.executemany(f"SELECT pg_notify('{CHANNEL}', %s)", [[agent] for agent in sorted(agents)])


def keep_listening(stop: threading.Event) -> None:
    """Ring for whom another process names, until told to stop. After a lost connection everybody is woken, to be sure."""
    while connection.vendor == "postgresql" and not stop.is_set():
        try:
            with psycopg.connect(**connection.get_connection_params(), autocommit=True) as listening:
                listening.execute(f"LISTEN {CHANNEL}")
                bells.ring_all()
                while not stop.is_set():
                    for notice in listening.notifies(timeout=PATIENCE):
                        bells.ring([notice.payload])
        except psycopg.Error as error:
            log.warning("Agents of other processes may be woken late: the database did not answer.", error=type(error).__name__)
            stop.wait(PATIENCE)
