"""Ends the demo on a signal: the handler only notes it, and waits raise `Ended`. An exception in a handler could get lost."""

from __future__ import annotations

import signal
import threading
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_told = threading.Event()


class Ended(Exception):
    """Somebody ended the demo."""


def listen() -> None:
    """Install the handlers. Further signals do not hurry the end."""
    for number in SIGNALS:
        signal.signal(number, _note)


def pause(seconds: float) -> None:
    """Wait this many seconds. Raises Ended once a signal has come."""
    if _told.wait(seconds):
        raise Ended


def _note(_: int, __: FrameType | None) -> None:
    _told.set()
