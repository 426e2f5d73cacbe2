"""Isolate failures: what fails for one company, terminal or agent is logged, and does not stop the work for others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import extract_tb

import structlog

PAUSE = 300.0  # seconds in which the same failure is logged once
log = structlog.get_logger()
_logged: dict[tuple[str, ...], float] = {}


@contextmanager
def isolated(what: str, *passing: type[Exception], **about: object) -> Iterator[None]:
    """Whatever fails inside ends there: it is logged, once in five minutes, by its kind and place and not by its words.

    Errors named in `passing` are the caller's. The words of an error may quote what nobody may see. A
    transaction inside is rolled back; one outside would be broken.
    """
    try:
        yield
    except passing:
        raise
    except Exception as error:  # noqa: BLE001 - the others must go on, whatever it is
        _log(what, error, {name: str(value) for name, value in about.items()})


def _log(what: str, error: Exception, about: dict[str, str]) -> None:
    frames = extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    kind, now = (what, type(error).__name__, place, *about.values()), time.monotonic()
    if now - _logged.get(kind, -PAUSE) < PAUSE:
        return
    if len(_logged) > 1000:
        _logged.clear()
    _logged[kind] = now
    log.error(what, error=type(error).__name__, at=place, **about)
