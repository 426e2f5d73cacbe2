"""Rows read with SQL of one's own, where the ORM's work for each query counts. They are ordinary objects of their model.

Only fields that both databases return as Python has them are read; others, such as moments and JSON, when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

from doorsync.hub.companies.statements import rows_of

Row = TypeVar("Row", bound=models.Model)
PLAIN = (models.IntegerField, models.AutoField, models.CharField, models.BooleanField, models.BinaryField, models.ForeignKey)


def plain_fields(model: type[models.Model]) -> list[Any]:
    """The fields that `from_plain_row` takes, in its order. Each has a `column`."""
    return [field for field in model._meta.concrete_fields if isinstance(field, PLAIN)]  # noqa: SLF001 - documented


@cache
def _select(model: type[models.Model]) -> tuple[str, list[Any]]:
    fields = plain_fields(model)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"SELECT {columns} FROM {model._meta.db_table} WHERE ", fields  # noqa: S608, SLF001 - names of ours


def objects_of(model: type[Row], condition: str, parameters: Collection[Any]) -> list[Row]:
    """The rows of a model's table under a condition in SQL. It names the company: no scope is applied."""
    select, fields = _select(model)
    return _from_plain_rows(model, fields, rows_of(select + condition, parameters))


def from_plain_row(model: type[Row], fields: Sequence[Any], row: Sequence[Any]) -> Row:
    """The object for the values of these fields. Raises ValueError unless there is one for each."""
    return _from_plain_rows(model, fields, [row])[0]


def _from_plain_rows(model: type[Row], fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[Row]:
    names = frozenset(field.attname for field in fields)  # Django looks each field of the model up in it
    flags = [number for number, field in enumerate(fields) if isinstance(field, models.BooleanField)]
    made = []
    for row in rows:
        if len(row) != len(fields):
            raise ValueError(f"{len(row)} values for {len(fields)} fields.")
        values = list(row)
        for number in flags:
            values[number] = bool(values[number])
        made.append(model.from_db(connection.alias, names, values))
    return made


def store_columns(row: models.Model) -> None:
    """Store a row that is there already, as its save() would without its own rules: no signal is sent, no time is set."""
    meta = row._meta  # noqa: SLF001 - documented
    update_columns([row], [field.name for field in meta.concrete_fields if not (field.primary_key or field.generated)])


def update_columns(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Store these fields of rows of one model, each by its primary key: one statement, run once for each row."""
    meta = rows[0]._meta  # noqa: SLF001 - documented
    fields: list[Any] = [meta.get_field(name) for name in names]
    columns = ", ".join(f"{connection.ops.quote_name(field.column)} = %s" for field in fields)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in (*fields, meta.pk)] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {meta.db_table} SET {columns} WHERE {meta.pk.column} = %s", values)  # noqa: S608 - names of ours
