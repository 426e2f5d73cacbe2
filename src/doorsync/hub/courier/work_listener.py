"""Tell every hub process that there is work: through PostgreSQL's NOTIFY, or by watching SQLite's file.

With SQLite there is one hub process, but commands that change the company run in processes of their own.
"""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import structlog
from django.db import connection
from django.dispatch import receiver

from doorsync.hub.courier.dispatch import with_open_run_terminals
from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.sync.run.agent_notifications import notify_agents, work_waiting
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.signals import opening_asked

CHANNEL = "doorsync_work"
PATIENCE = 5.0  # seconds between checks whether to stop, and before trying again
LOOK = 0.5  # seconds between checks of SQLite's file
log = structlog.get_logger()


@receiver(work_waiting)
def wake_agents(*, agents: set[str], **_: Any) -> None:
    """Wake these agents in this process, and notify the other processes."""
    waiters.wake(agents)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.executemany(f"SELECT pg_notify('{CHANNEL}', %s)", [[agent] for agent in sorted(agents)])


@receiver(opening_asked)
def wake_for_opening(*, agent: Agent, **_: Any) -> None:
    """Wake the agent that should open a door, once that is committed."""
    notify_agents({agent.public_id})


def keep_listening(stop: threading.Event) -> None:
    """Wake agents for which another process has work, until told to stop."""
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
    """Wait for notifications. Wakes everybody first, because some may have been missed."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        waiters.wake_all()
        while not stop.is_set():
            for notice in listening.notifies(timeout=PATIENCE):
                waiters.wake([notice.payload])


def _watch(stop: threading.Event) -> None:
    """Look for work when an agent waits and another connection has written to the file."""
    seen = None
    while not stop.wait(LOOK):
        if not waiters.anybody():
            continue
        with connection.cursor() as cursor:
            version = cursor.execute("PRAGMA data_version").fetchone()
        if version != seen:
            seen = version
            waiters.wake(with_open_run_terminals())
