"""Whether this process can take requests: its database answers, and has the tables that this version knows."""

from __future__ import annotations

from django.db import DatabaseError, connection

from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.entry.ownership import known_migrations


def not_ready_reasons() -> list[str]:
    """Why it cannot; empty when it can."""
    if waiters.letting_go:
        return ["The hub is about to end."]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    except DatabaseError as error:
        return [f"The database did not answer ({type(error).__name__})."]
    finally:
        connection.close()
    apps = {app for app, _ in known_migrations()}
    if {each for each in applied if each[0] in apps} != known_migrations():
        return ["The database has the tables of another version of Doorsync: start this process again with that version."]
    return []
