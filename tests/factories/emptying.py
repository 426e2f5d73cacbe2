"""What a test with real transactions left in the database goes away. Django empties every table; here, those that have rows."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission", "django_migrations"}  # as the migrations left them; no test writes there
empty_all_of_them = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # a method that the stubs leave out


def install() -> None:
    """Do so after every test from now on."""
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined]


def _empty(case: Any) -> None:
    """In one transaction, because references are looked at when it ends. Where a rule forbids that, as Django does it."""
    try:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(_which_have_rows())
            for (table,) in cursor.fetchall():
                cursor.execute(f"DELETE FROM {table}")
    except DatabaseError:
        empty_all_of_them(case)


@cache
def _which_have_rows() -> str:
    names = connections["default"].introspection.django_table_names(only_existing=True, include_views=False)
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in sorted({*names} - KEPT))
