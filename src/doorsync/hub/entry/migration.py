"""Migrates the database, one process at a time, and stores in it which keys it was made with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from doorsync.files.lock import wait_for_lock
from doorsync.hub.entry.errors import NotReady
from doorsync.hub.settings.config import config


def migrate() -> None:
    """Apply the migrations. Processes that start at the same time wait for each other. Raises NotReady."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    from doorsync.hub.companies.actions import keep_key_marks
    from doorsync.hub.sync.holdings.counters import ensure_counting

    try:
        with _alone(connection):
            if _pending(connection):
                call_command("migrate", interactive=False, verbosity=0)
            ensure_counting()
            fit = keep_key_marks()
    except DatabaseError as error:
        text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise NotReady(f"The database cannot be used: {text}") from error
    if not fit:  # another process with other keys was faster, at the very first start
        raise NotReady("Another hub with other keys began to use this database just now. All must share one folder of keys.")


def _pending(connection: Any) -> bool:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone(connection: Any) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1)")
            try:
                yield
            finally:
                with suppress(Exception):  # a connection that broke has let go already
                    cursor.execute("SELECT pg_advisory_unlock(1)")
        return
    with wait_for_lock(config().data / "migrating.lock"):
        yield
