"""Logs: one line an event, readable at a terminal and JSON otherwise, without secrets. Tokens are in paths, so paths stay out."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from doorsync.files.log_stream import LogStream

SECRET = ("password", "token", "code", "pin", "card", "cookie", "secret", "key", "authorization")
NEVER = "(hidden)"

Event = MutableMapping[str, Any]


def configure(stream: Any = None) -> None:
    """Write lines of structlog and of the standard library's logging in one form; one that cannot be written fails nothing."""
    stream = LogStream(stream or sys.stderr)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    readable = stream.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        logger_factory=structlog.WriteLoggerFactory(stream),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_without_path)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("uvicorn.access", "httpx2", "httpcore2", "asyncio", "fido2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def hide_secrets(_: Any, __: str, event: Event) -> Event:
    """Leave out values whose name says that they are secret."""
    for name in event:
        if any(part in name.lower() for part in SECRET):
            event[name] = NEVER
    return event


def _without_path(record: logging.LogRecord) -> bool:
    """Replace Django's lines about failed requests, which name paths and so tokens, by the name of the route."""
    if record.name == "django.request":
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        record.msg, record.args = "A request failed at route %s.", (match.route if match else "(none)",)
        record.__dict__.pop("request", None)
        return record.levelno >= logging.ERROR
    return True
