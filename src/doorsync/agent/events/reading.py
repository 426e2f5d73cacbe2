"""Read what is new in a terminal's log, and put it on the disk. Nothing here writes to a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from doorsync import crash
from doorsync.agent.events.journal import Journal, Series, SeriesFiles
from doorsync.domain.door_events import DoorEvent, EventCode, LogPage, LogPosition
from doorsync.drivers.contract import About, Session
from doorsync.drivers.event_log import SupportsEventLog
from doorsync.messages.events import EVENTS, LoggedEvent

UNREADABLE = "unreadable"
FILL = 20 * EVENTS  # entries that are read again in one conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One conversation with one terminal. `serial`: of the device that belongs there, "" where nobody knows one."""

    journal: Journal
    terminal: str
    serial: str
    enough: Callable[[], bool]  # whether to stop early: a batch waits, or the agent ends

    def read(self, session: Session) -> bool:
        """Store all that is new; False where the terminal keeps no log or another device answers. Raises TerminalError."""
        if not isinstance(session, SupportsEventLog):
            return False
        about = session.about()
        if self.serial and about.serial != self.serial:
            return False
        files = self._read_on(session, about)
        self._fill(session, files, about.clock)
        for gone in self.journal.older(files):
            if gone.missing is not None:
                gone.insert([_lost(gone.next_first(gone.missing) - 1, gone.missing, about.clock)])
                gone.missing = None
        if files.clear and files.have and files.have > files.cleared:
            session.clear_events(LogPosition(series=files.about.series, position=min(files.have, files.last)))
            files.cleared = files.have
        return True

    def _read_on(self, session: SupportsEventLog, about: About) -> SeriesFiles:
        """Read what follows what was read before; a log that began another series, from its start."""
        files = self.journal.newest(self.terminal, about.serial)
        after = LogPosition(series=files.about.series, position=files.last) if files else LogPosition()
        while True:
            page = session.events(after, EVENTS)
            files = self.journal.open(Series(terminal=self.terminal, serial=about.serial, series=page.series))
            known = page.series != after.series and files.last > 0  # read before, and not asked for from where that ended
            if not known and (events := contiguous(page, files.last, about.clock)):
                crash.point("agent.events-read")
                files.append(events)
            if self.enough() or (not known and (not page.events or files.last >= page.last)):
                return files
            after = LogPosition(series=page.series, position=files.last)

    def _fill(self, session: SupportsEventLog, files: SeriesFiles, clock: str) -> None:
        """Read again what the hub lacks and no file has any more, such as after it was restored from an old backup."""
        if (after := files.missing) is None:
            return
        events: list[LoggedEvent] = []
        before = files.next_first(after)
        while after < before - 1 and len(events) < FILL and not self.enough():
            page = session.events(LogPosition(series=files.about.series, position=after), min(EVENTS, before - 1 - after))
            same = page.series == files.about.series
            some = [event for event in contiguous(page, after, clock) if event.position < before] if same else []
            events += some or [_lost(before - 1, after, clock)]
            after = events[-1].position
        files.insert(events)
        files.missing = None  # the hub says where to go on


def contiguous(page: LogPage, last: int, clock: str) -> list[LoggedEvent]:
    """The entries of a page after position `last`, with one for those that were lost wherever a position is missing."""
    now, found = _now(), list[LoggedEvent]()
    for event in page.events:
        if event.position <= last:
            continue
        if event.position > last + 1 and event.code is not EventCode.LOST:
            found.append(_lost(event.position - 1, last, clock))
        found.append(_logged(event, now, clock))
        last = event.position
    if not page.events and page.oldest == page.last + 1 > last + 1:  # all was cleared before it was read
        found.append(_lost(page.last, last, clock))
    return found


def _lost(upto: int, after: int, clock: str) -> LoggedEvent:
    return _logged(DoorEvent(position=upto, wall="", code=EventCode.LOST, lost=upto - after), _now(), clock)


def _logged(event: DoorEvent, now: str, clock: str) -> LoggedEvent:
    """As it travels. What no message can carry becomes an entry that says so: others must not wait behind it for ever."""
    try:
        return LoggedEvent.of(replace(event, wall=event.wall or clock or now), read_at=now, clock=clock)
    except ValueError:
        return LoggedEvent(position=event.position, wall=now, code=EventCode.OTHER, reason=UNREADABLE, read_at=now)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
