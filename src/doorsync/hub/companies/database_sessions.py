"""What every session of PostgreSQL is set to, once, when its connection is made."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from django.db.backends.base.base import BaseDatabaseWrapper

_set_up: WeakSet[Any] = WeakSet()  # the driver's connections, which a pool lends again and again


def turn_jit_off(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Have PostgreSQL compile no plans: that took longer than all the rest of a list of people, 0.2 to 0.7 s.

    A statement does it, because PgBouncer refuses options of a connection that it does not know.
    """
    if connection.vendor != "postgresql" or connection.connection in _set_up:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    _set_up.add(connection.connection)
