"""The last look at every text on its way into the database: NUL, or half a character, is kept by none of them.

PostgreSQL refuses such a text, which would be an error of ours, and SQLite takes it. Here both refuse it, as what it is: a
request that nobody makes by accident. Forms and files say earlier, and better, what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db.backends.base.base import BaseDatabaseWrapper

PLAIN = {int, bytes, float, bool, type(None), datetime, date, UUID, Decimal, memoryview}


class NotStorable(SuspiciousOperation):
    """The text contains a character that databases cannot store, such as NUL."""

    def __init__(self) -> None:
        super().__init__(self.__doc__ or "")


def watch_statements(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Look at all parameters of this connection's statements; for Django's signal of a new one."""
    if refuse_bad_text not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_bad_text)


def refuse_bad_text(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Raises NotStorable."""
    for each in params if many else (params,):
        if _has_bad(each):
            raise NotStorable
    return execute(sql, params, many, context)


def _has_bad(params: Any) -> bool:
    """Most parameters are texts, or hold none: these are told apart first, because every statement waits for it."""
    for each in params.values() if isinstance(params, Mapping) else params or ():
        kind = type(each)
        if kind is str:
            if _is_bad(each):
                return True
        elif kind not in PLAIN and any(map(_is_bad, _texts(each))):
            return True
    return False


def _texts(value: object) -> Iterator[str]:
    """All texts in it; of psycopg's wrapper for JSON those within."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(key)
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif hasattr(value, "obj"):
        yield from _texts(value.obj)


def _is_bad(text: str) -> bool:
    return "\0" in text or not (text.isascii() or _is_whole(text))


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
