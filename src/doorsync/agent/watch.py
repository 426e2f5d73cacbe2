"""Looks after terminals that were lost, and tells the hub when one answers again, so that it need not wait for the next try.

The hub tries a lost terminal ever more rarely. Here a look costs one connection on the own network, so it can be frequent.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from doorsync.agent.drivers import Drivers
from doorsync.agent.errors import AgentError
from doorsync.agent.logs import log
from doorsync.agent.status import Board, TerminalStatus

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between two looks: who is back has what he missed within 60 s
EVERY = 0.5  # seconds; so often it sees who is lost
AT_ONCE = 8  # looks
WITHIN = 5.0  # seconds in which a terminal must answer a look


@dataclass(slots=True)
class Look:
    """When to look for a lost terminal next; `told` is the failure that the hub knows to be over."""

    pause: float
    at: float
    under_way: bool = False
    told: datetime | None = None


class Watch:
    """Whose last result on the board is a failure is looked after. `tell` says whether the hub took the news."""

    def __init__(self, board: Board, drivers: Drivers, tell: Callable[[str], bool]) -> None:
        self._board, self._drivers, self._tell = board, drivers, tell
        self._looks: dict[str, Look] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End soon. A look that is under way ends by itself within seconds."""
        self._stopping.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="watch") as pool:
            while not self._stopping.wait(EVERY):
                lost = self._board.lost()
                self._looks = {name: self._looks.get(name) or _first_look() for name in lost}
                for name, look in self._looks.items():
                    if not look.under_way and look.told != lost[name].at and look.at <= time.monotonic():
                        look.under_way = True
                        pool.submit(self._look, name, lost[name], look)

    def _look(self, name: str, last: TerminalStatus, look: Look) -> None:
        try:
            if not self._stopping.is_set() and self._answers(last) and self._told(name):
                look.told = last.at
        finally:
            look.pause = min(look.pause * 2, LONGEST_PAUSE)
            look.at = time.monotonic() + look.pause * (0.75 + secrets.randbelow(250) / 1000)
            look.under_way = False

    def _answers(self, last: TerminalStatus) -> bool:
        try:
            with self._drivers.of(last.make).open(last.address, timeout=WITHIN):
                return True
        except Exception:  # noqa: BLE001 - a driver may fail in any way: then the terminal is not back
            return False

    def _told(self, name: str) -> bool:
        try:
            told = self._tell(name)
        except AgentError:
            return False
        if told:
            log.info("A terminal that was lost answers again; the hub knows.", terminal=name)
        return told


def _first_look() -> Look:
    return Look(pause=FIRST_PAUSE, at=time.monotonic() + FIRST_PAUSE)
