"""The agent's log: lines that a person can act on. Names of terminals and counts go in; people, cards and PINs never do."""

from __future__ import annotations

import sys

import structlog

log: structlog.typing.FilteringBoundLogger = structlog.get_logger("doorsync.agent")


def configure() -> None:
    """One readable line an event, on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
