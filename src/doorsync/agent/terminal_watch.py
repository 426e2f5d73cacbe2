"""Watch terminals between batches, and tell the hub when a lost one answers again, or one was changed by others.

The hub tries a lost terminal ever more rarely, and one that is up to date not at all. Here a look costs one connection on the
own network, so it can be frequent.
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
from doorsync.agent.status_file import StatusFile, TerminalStatus
from doorsync.domain.capabilities import ChangeDetection
from doorsync.drivers.contract import About, ConnectionSettings, SupportsChangeMark

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between two looks: a terminal that is back has what it missed within 60 s
EVERY = 0.5  # seconds between reads of the status file
AT_ONCE = 8  # looks
QUIET = 60.0  # seconds between two looks at a terminal that is not lost
WITHIN = 5.0  # seconds in which a terminal must answer a look
TELLS_EVERY_CHANGE = (ChangeDetection.CHECKSUM, ChangeDetection.CURSOR)


Tell = Callable[[str], bool]


@dataclass(slots=True)
class Look:
    """When to look at a terminal next. `told`: the time of the failure of which the hub knows that it is over.

    `mark`: the change mark that the first look after the batch of the time `marked` found.
    """

    pause: float
    at: float
    under_way: bool = False
    told: datetime | None = None
    mark: str = ""
    marked: datetime | None = None


class TerminalWatch:
    """Looks often for terminals whose last result is a failure, and rarely whether the others have changed.

    `back` tells the hub that a lost terminal answers again, `changed` that one is another or emptied, holds more or fewer people
    than after its last batch, or has another change mark than at the first look after it. Both say whether the hub took the news.
    A terminal that is `busy` with a batch is let be: many can hold one conversation at a time. `settings` are the connection
    settings of a terminal, None where they are not
    known; then it is not looked at. Without the argument, the address alone is enough.
    """

    def __init__(
        self,
        status_file: StatusFile,
        drivers: Drivers,
        back: Tell,
        changed: Tell = lambda _: True,
        busy: Callable[[str], bool] = lambda _: False,
        settings: Callable[[str], ConnectionSettings | None] | None = None,
    ) -> None:
        self._settings = settings
        self._status_file, self._drivers, self._back, self._changed, self._busy = status_file, drivers, back, changed, busy
        self._looks: dict[str, Look] = {}
        self._quiet: dict[str, Look] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Start in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop soon. A look that is under way ends within seconds."""
        self._stopping.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="watch") as pool:
            while not self._stopping.wait(EVERY):
                lost, quiet = self._status_file.lost(), self._status_file.quiet()
                self._looks = {name: self._looks.get(name) or _first_look() for name in lost}
                self._quiet = {name: self._quiet.get(name) or _quiet_look() for name in quiet}
                for name, look in self._looks.items():
                    if _is_due(look) and not self._busy(name) and look.told != lost[name].at:
                        look.under_way = True
                        pool.submit(self._look_for_lost, name, lost[name], look)
                for name, look in self._quiet.items():
                    if _is_due(look) and not self._busy(name):
                        look.under_way = True
                        pool.submit(self._look_at_quiet, name, quiet[name], look)

    def _look_for_lost(self, name: str, last: TerminalStatus, look: Look) -> None:
        try:
            if not self._stopping.is_set() and self._is_back(name, last) and self._told(name, self._back, "answers again"):
                look.told = last.at
        finally:
            look.pause = min(look.pause * 2, LONGEST_PAUSE)
            _next(look)

    def _look_at_quiet(self, name: str, last: TerminalStatus, look: Look) -> None:
        try:
            now, mark = (None, "") if self._stopping.is_set() else self._about_and_mark(name, last)
            if mark and look.marked != last.at:  # the batch changed what it holds, or nobody has looked before
                look.mark, look.marked = mark, last.at
            changed = now is not None and (_differs(now, last) or mark != look.mark)
            if now and changed and self._told(name, self._changed, "is not what it was"):
                look.mark = mark
                self._status_file.noticed(name, last, now.serial, now.users)
        finally:
            _next(look)

    def _is_back(self, name: str, last: TerminalStatus) -> bool:
        """Whether the terminal answers; if another device did last time, it must be the right one."""
        if last.state != "other-device":
            return self._answers(name, last)
        now = self._about(name, last)
        return now is not None and now.serial == last.serial

    def _answers(self, name: str, last: TerminalStatus) -> bool:
        try:
            with self._drivers.of(last.make).open(self._reached_by(name, last), timeout=WITHIN):
                return True
        except Exception:  # noqa: BLE001 - a driver may fail in any way: then the terminal is not back
            return False

    def _about(self, name: str, last: TerminalStatus) -> About | None:
        return self._about_and_mark(name, last, marked=False)[0]

    def _about_and_mark(self, name: str, last: TerminalStatus, *, marked: bool = True) -> tuple[About | None, str]:
        """What it tells of itself, and its change mark where that tells every change; "" where it has none."""
        try:
            with self._drivers.of(last.make).open(self._reached_by(name, last), timeout=WITHIN) as session:
                about = session.about()
                if not marked or about.can.change_detection not in TELLS_EVERY_CHANGE:
                    return about, ""
                return about, session.change_mark() if isinstance(session, SupportsChangeMark) else ""
        except Exception:  # noqa: BLE001 - a driver may fail in any way: then nothing is known
            return None, ""

    def _reached_by(self, name: str, last: TerminalStatus) -> ConnectionSettings:
        """Raises LookupError when it is not known how to reach it."""
        found = self._settings(name) if self._settings else ConnectionSettings(address=last.address)
        if found is None:
            raise LookupError
        return found

    def _told(self, name: str, tell: Tell, what: str) -> bool:
        try:
            told = tell(name)
        except AgentError:
            return False
        if told:
            log.info(f"A terminal {what}; the hub knows.", terminal=name)
        return told


def _is_due(look: Look) -> bool:
    return not look.under_way and look.at <= time.monotonic()


def _next(look: Look) -> None:
    look.at = time.monotonic() + look.pause * (0.75 + secrets.randbelow(250) / 1000)
    look.under_way = False


def _differs(now: About, last: TerminalStatus) -> bool:
    return now.serial != last.serial or (last.users is not None and now.users is not None and now.users != last.users)


def _quiet_look() -> Look:
    return Look(pause=QUIET, at=time.monotonic() + QUIET * secrets.randbelow(1000) / 1000)  # not all at once after a start


def _first_look() -> Look:
    return Look(pause=FIRST_PAUSE, at=time.monotonic() + FIRST_PAUSE)
