"""Tells a database that another program holds from one that is broken: the one passes by itself."""

from __future__ import annotations

from django.db import OperationalError


def is_held_up(error: BaseException | None) -> bool:
    """Whether another program holds SQLite's file, such as a backup: this transaction wrote nothing, and a later one will."""
    return isinstance(error, OperationalError) and "locked" in str(error)
