"""Querysets that are compiled once and run often: Django takes longer to write a statement than the database to answer it.

    @compiled
    def _open_batches(*, terminal: Any) -> QuerySet[Batch]:
        return Batch.objects.filter(terminal=terminal, status=Batch.OPEN)

    _open_batches(terminal=7)  # [<Batch>, ...]

The function is called once, with placeholders. Keyword arguments are values of the statement, one number,
text or moment each; positional ones decide how it is written, and it is compiled for each of them. The company in scope is a
value too: nothing is found outside of it, and without one the call raises ScopeError, as the ORM does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet, Value
from django.db.models.sql import UpdateQuery
from django_scopes import scope, scopes_disabled

from doorsync.hub.companies.statements import stored_moment
from doorsync.hub.companies.tenancy import company_in_scope

Row = TypeVar("Row")
COMPANY = "company in scope"


class Placeholder(Value):
    """Stands in a queryset for a value that each call brings. It is found again among the statement's parameters."""

    def as_sql(self, *_: object, **__: object) -> tuple[str, Any]:
        """The marker, with the placeholder itself as its parameter."""
        return "%s", [self]


class CompiledQuery(Generic[Row]):
    """What `compiled` makes of a function that returns a queryset."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *, of_all_companies: bool = False) -> None:
        self._build, self._of_all_companies = build, of_all_companies
        self.__doc__ = build.__doc__
        self._statements: dict[Hashable, _Statement] = {}

    def __call__(self, *shape: Hashable, **values: Any) -> list[Row]:
        """The rows."""
        return self._statement(shape, values).rows(values)

    def first(self, *shape: Hashable, **values: Any) -> Row | None:
        """The first of the rows. All are read, so it is for statements with one or few."""
        found = self(*shape, **values)
        return found[0] if found else None

    def get(self, *shape: Hashable, **values: Any) -> Row:
        """The only row. Raises ObjectDoesNotExist."""
        found = self(*shape, **values)
        if not found:
            raise ObjectDoesNotExist(self.__doc__)
        return found[0]

    def update(self, *shape: Hashable, changes: dict[str, Any], **values: Any) -> int:
        """Set these fields of the rows to numbers, texts, moments or None; returns how many rows there were."""
        sets = {f"set {name}": value for name, value in changes.items()}
        return self._statement(shape, values, changes=tuple(changes)).changed({**values, **sets})

    def exists(self, *shape: Hashable, **values: Any) -> bool:
        """Whether there are any."""
        return self._statement(shape, values, exists=True).has_rows(values)

    def _statement(
        self, shape: Hashable, values: dict[str, Any], *, exists: bool = False, changes: tuple[str, ...] = ()
    ) -> _Statement:
        key = (shape, exists, changes)
        if key not in self._statements:
            self._statements[key] = _Statement(self._queryset(shape, values), exists=exists, changes=changes)
        return self._statements[key]

    def _queryset(self, shape: Any, values: dict[str, Any]) -> QuerySet[Any, Row]:
        placeholders = {name: Placeholder(name) for name in values}
        with scopes_disabled() if self._of_all_companies else scope(company=Placeholder(COMPANY)):
            return self._build(*shape, **placeholders)


def compiled(build: Callable[..., QuerySet[Any, Row]]) -> CompiledQuery[Row]:
    """Compile the queryset that this function returns once, and run it with the values of each call."""
    return CompiledQuery(build)


def compiled_for_all_companies(build: Callable[..., QuerySet[Any, Row]]) -> CompiledQuery[Row]:
    """The same with scopes disabled, for what looks at every company."""
    return CompiledQuery(build, of_all_companies=True)


class _Statement:
    """One compiled statement. Requests run it at the same time, each on its own connection.

    Rows become objects by the code of Django that does so for every queryset. It asks the query for a compiler, and gets a copy
    of the one that has compiled already.
    """

    def __init__(self, queryset: QuerySet[Any, Any], *, exists: bool, changes: tuple[str, ...]) -> None:
        self._queryset: Any = queryset
        self._query: Any = queryset.query.exists() if exists else queryset.query
        if changes:
            self._query = self._query.chain(UpdateQuery)
            self._query.add_update_values({name: Placeholder(f"set {name}") for name in changes})
        self._compiler: Any = self._query.get_compiler(queryset.db)
        self._sql, self._parameters = self._compiler.as_sql()
        if not exists and not changes:
            fields = [each[0] for each in self._compiler.select[: self._compiler.col_count]]
            converters = self._compiler.get_converters(fields)
            self._compiler.get_converters = lambda _: converters

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """The rows for these values."""
        filled, compiler, query = self._filled(values), copy(self._compiler), copy(self._query)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_, **__: (self._sql, filled)
        query.get_compiler = lambda *_, **__: compiler
        known = {name: getattr(self._queryset, name) for name in ("db", "model", "_fields", "_known_related_objects")}
        return list(self._queryset._iterable_class(SimpleNamespace(query=query, **known)))  # noqa: SLF001 - see above

    def changed(self, values: dict[str, Any]) -> int:
        """Update the rows for these values; returns how many there were."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._filled(values))
            return int(cursor.rowcount)

    def has_rows(self, values: dict[str, Any]) -> bool:
        """Whether there are rows for these values."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._filled(values))
            return cursor.fetchone() is not None

    def _filled(self, values: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(_value(each, values) if isinstance(each, Placeholder) else each for each in self._parameters)


def _value(placeholder: Placeholder, values: dict[str, Any]) -> Any:
    if placeholder.value == COMPANY:
        return company_in_scope()
    value = values[placeholder.value]
    return stored_moment(value) if isinstance(value, datetime) else value
