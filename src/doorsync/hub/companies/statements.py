"""Statements written in SQL, for what each change of one person waits for: Django takes longer to write one than to run it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


def rows_of(statement: str, parameters: Collection[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, unconverted: on SQLite moments are texts and truths are numbers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return list(cursor.fetchall())


def marks(values: Collection[Any]) -> str:
    """The place markers of so many values, for IN: "%s, %s". There must be one value at least."""
    return ", ".join(["%s"] * len(values))


def stored_moment(moment: datetime) -> Any:
    """A moment as the database's columns hold it, to compare with them."""
    return connection.ops.adapt_datetimefield_value(moment)


def objects_of(model: type[M], condition: str, parameters: Collection[Any]) -> list[M]:
    """The rows of a model's table under a condition, as objects. The condition names the company: no scope is applied."""
    statement = f"SELECT * FROM {model._meta.db_table} WHERE {condition}"  # noqa: S608, SLF001 - both are names of ours
    return list(model.objects.raw(statement, list(parameters)))  # type: ignore[attr-defined]  # all our models have it
