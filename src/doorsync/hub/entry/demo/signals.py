"""When the demo is told to end: noted by the signal, acted on where it waits. A signal that raises may be swallowed anywhere."""

from __future__ import annotations

import signal
import threading
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_told = threading.Event()


class Ended(Exception):
    """Somebody ended the demo."""


def listen() -> None:
    """From now on signals end the demo in order; more of them do not hurry it."""
    for number in SIGNALS:
        signal.signal(number, _note)


def pause(seconds: float) -> None:
    """Wait so long. Raises Ended when the demo is told to end, or was before."""
    if _told.wait(seconds):
        raise Ended


def _note(_: int, __: FrameType | None) -> None:
    _told.set()
