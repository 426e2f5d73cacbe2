"""Rows read with SQL of one's own, where the ORM's work for each query counts. They are ordinary objects of their model.

Only fields that both databases return as Python has them are read; others, such as moments and JSON, when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
PLAIN = (models.IntegerField, models.AutoField, models.CharField, models.BooleanField, models.BinaryField, models.ForeignKey)


def plain_fields(model: type[models.Model]) -> list[Any]:
    """The fields that `from_plain_row` takes, in its order. Each has a `column`."""
    return [field for field in model._meta.concrete_fields if isinstance(field, PLAIN)]  # noqa: SLF001 - documented


def from_plain_row(model: type[Row], fields: Sequence[Any], row: Sequence[Any]) -> Row:
    """The object for the values of these fields."""
    values = [bool(each) if isinstance(field, models.BooleanField) else each for field, each in zip(fields, row, strict=True)]
    return model.from_db(connection.alias, [field.attname for field in fields], values)
