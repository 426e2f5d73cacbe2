"""Statements written in SQL, for what each change of one person waits for: Django takes longer to write one than to run it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection


def rows_of(statement: str, parameters: Collection[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, unconverted: on SQLite moments are texts and truths are numbers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return list(cursor.fetchall())


def marks(values: Collection[Any]) -> str:
    """The place markers of so many values, for IN: "%s, %s". There must be one value at least."""
    return ", ".join(["%s"] * len(values))


def written(ids: Iterable[int]) -> str:
    """Ids as they stand in a statement, for IN, where there may be a thousand: psycopg takes long to fill in as many markers."""
    return ", ".join(str(int(each)) for each in ids)


def stored_moment(moment: datetime) -> Any:
    """A moment as the database's columns hold it, to compare with them."""
    return connection.ops.adapt_datetimefield_value(moment)
