"""Refreshes that are put off, in small companies too, and the worker that is not a thread here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from doorsync.hub.sync.holdings import pending_refreshes
from doorsync.hub.sync.run.refresh_worker import refreshed_chunks


@contextmanager
def put_off_more_than(few: int) -> Iterator[None]:
    """Changes of more users than this are put off, and worked out user by user."""
    with mock.patch.multiple(pending_refreshes, FEW=few, PAIRS=0):
        yield


def finish_refreshes() -> int:
    """Work off all that was put off; returns the number of chunks."""
    return sum(1 for _ in refreshed_chunks())
