"""The agent's log: lines that a person can act on. Names of terminals and counts go in; people, cards and PINs never do."""

from __future__ import annotations

import sys
from functools import cache
from typing import TextIO, cast

import structlog

from doorsync.files.log_stream import LogStream

log: structlog.typing.FilteringBoundLogger = structlog.get_logger("doorsync.agent")


@cache
def warn_once(event: str, **what: str) -> None:
    """A warning that anybody on the network can cause comes once only, however often they do."""
    log.warning(event, **what)


def configure() -> None:
    """One readable line an event, on standard error. One that cannot be written fails nothing."""
    stream = LogStream(sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(cast("TextIO", stream)),
    )
