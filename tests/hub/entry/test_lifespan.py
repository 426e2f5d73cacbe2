"""Threads that live with the server: one that fails begins again."""

from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from doorsync.hub.entry.lifespan import keep_running


def test_thread_that_fails_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorsync.hub.entry.lifespan.PAUSE", 0)
    stop, turns = threading.Event(), []

    def work(stop: threading.Event) -> None:
        turns.append(1)
        if len(turns) == 3:
            stop.set()
        raise RuntimeError

    with capture_logs() as logs:
        keep_running(work, stop)
    assert (len(turns), len(logs)) == (3, 3)
