"""What cannot be logged fails nobody: not a request, not the clock, not a batch."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
import structlog

from doorsync.agent import logs as agent_logs
from doorsync.files.log_stream import LogStream
from doorsync.hub.entry import logs as hub_logs

FULL = Path("/dev/full")  # answers every write with ENOSPC, as a full disk does


def full_disk() -> TextIO:
    return FULL.open("w", buffering=1)


def pipe_without_reader() -> TextIO:
    read, write = os.pipe()
    os.close(read)
    return os.fdopen(write, "w", buffering=1)


def closed() -> TextIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.fixture(params=[full_disk, pipe_without_reader, closed])
def broken(request: pytest.FixtureRequest) -> Iterator[TextIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream: TextIO = request.param()
    with pytest.raises((OSError, ValueError)):
        stream.write("a line\n")
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    if not stream.closed:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())  # what waits in it goes somewhere
        stream.close()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Loggers that are kept would hide what later tests of this process listen to."""
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**config)


@pytest.mark.requirement("R-09", mutation="the stream that cannot be written raises into whoever logs")
def test_a_line_of_the_hub_that_cannot_be_written_fails_nothing(broken: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogStream, "isatty", lambda _: False)
    hub_logs.configure(broken)
    structlog.get_logger().info("request", status=200)
    logging.getLogger("doorsync.esws").error("esws.failed")


def test_a_line_of_the_agent_that_cannot_be_written_fails_nothing(broken: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogStream, "isatty", lambda _: False)
    monkeypatch.setattr("sys.stderr", io.StringIO() if broken.closed else broken)
    agent_logs.configure()
    structlog.get_logger().warning("A terminal was lost.", terminal="gate")


def test_what_can_be_written_is() -> None:
    stream = io.StringIO()
    written = LogStream(stream)
    assert written.write("a line\n") == 7
    written.flush()
    assert (stream.getvalue(), written.isatty()) == ("a line\n", False)
