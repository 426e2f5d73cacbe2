"""Try a change in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_on: ContextVar[bool] = ContextVar("dry_run", default=False)


@contextmanager
def dry_run() -> Iterator[None]:
    """A transaction that is rolled back at its end."""
    token = _on.set(True)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        _on.reset(token)


def is_dry_run() -> bool:
    """Whether a dry run is under way: then nothing may be written outside the database, where a rollback has no effect."""
    return _on.get()
