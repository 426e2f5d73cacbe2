"""For migrations: turns the finished sentences of a column into reasons with the code `text`."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from doorsync.domain.reason import Reason


def converted(table: str, column: str, length: int) -> migrations.RunPython:
    """The step of a migration that converts one column; it may be done again."""
    select = f"SELECT DISTINCT {column} FROM {table} WHERE {column} <> ''"  # noqa: S608 - names from migrations only
    update = f"UPDATE {table} SET {column} = %s WHERE {column} = %s"  # noqa: S608 - names from migrations only

    def convert(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(select)
            for (text,) in cursor.fetchall():
                stored = Reason.from_stored(text).stored(length)
                cursor.execute(update, [stored, text])

    return migrations.RunPython(convert, migrations.RunPython.noop)
