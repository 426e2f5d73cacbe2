"""Looks for words in the whole database, whatever model or table they are in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import connection


def places_of(words: Sequence[str]) -> set[str]:
    """Every `table.column` in which one of these words is, in capitals or not, as text or as bytes."""
    return {place for table in connection.introspection.table_names() for place in _places_in(table, words)}


def _places_in(table: str, words: Sequence[str]) -> set[str]:
    wanted = [word.lower().encode() for word in words]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    cells = ((name, _bytes(value).lower()) for row in rows for name, value in zip(names, row, strict=True))
    return {f"{table}.{name}" for name, cell in cells if any(word in cell for word in wanted)}


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def in_database_file(words: Sequence[str]) -> list[str]:
    """Those of these words that are in SQLite's file, its deleted rows included, or in its log. Outside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(str(connection.settings_dict["NAME"]))
    data = b"".join(path.read_bytes().lower() for path in (file, file.with_name(f"{file.name}-wal")) if path.exists())
    return [word for word in words if word.lower().encode() in data]
