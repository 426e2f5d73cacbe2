"""The agent's log: one line an event, and what anybody on the network can cause comes once."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from doorsync.agent import logs


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the agent writes on standard error."""
    before = structlog.get_config()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure()
    yield stream
    structlog.configure(**before)


def test_an_event_is_one_line_with_its_time_in_utc_and_nothing_that_a_file_shows_as_rubbish(said: io.StringIO) -> None:
    structlog.get_logger("doorsync.agent").warning("A terminal does not answer.", terminal="gate\n2026 [info] forged", entries=3)
    (line,) = said.getvalue().splitlines()
    assert line.split()[0].endswith("Z")
    assert "A terminal does not answer." in line
    assert "entries=3" in line
    assert "\x1b" not in line


def test_what_is_warned_of_once_comes_once_for_each_thing() -> None:
    logs.warn_once.cache_clear()
    with capture_logs() as told:
        for origin in ("http://a", "http://a", "http://b"):
            logs.warn_once("A page of another origin called.", origin=origin)
    assert [each["origin"] for each in told] == ["http://a", "http://b"]
