"""When to look into terminals' logs, and when to bring what was found to the hub. Never while a batch runs."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from doorsync.agent.batch_service import BatchService
from doorsync.agent.config import Config
from doorsync.agent.courier_ports import Hub
from doorsync.agent.drivers import Drivers
from doorsync.agent.errors import AgentError, StorageFailed
from doorsync.agent.events.journal import Journal
from doorsync.agent.events.reading import Reading
from doorsync.agent.events.sending import Sending
from doorsync.agent.kept_state import State
from doorsync.agent.logs import log
from doorsync.agent.status_file import StatusFile, TerminalStatus
from doorsync.drivers.contract import ConnectionSettings

EVERY = 0.5  # seconds between looks at which terminals are due
PAUSE, LONGEST_PAUSE = 15.0, 300.0  # seconds between two readings of a terminal; longer after each failure
NO_LOG = 3600.0  # seconds until a terminal that keeps no log is asked again
SEND = 5.0  # seconds between two tries to send, if nothing new comes
FIRST_AWAY, LONGEST_AWAY = 1.0, 60.0  # seconds between tries while the hub is away
TIDY = 3600.0  # seconds
AT_ONCE = 8  # terminals
FOLDER = "events"

InLane = Callable[[str, str, Callable[[], None]], object]  # runs a job when nothing else talks with the terminal of make, address


@dataclass(slots=True)
class Turn:
    """When a terminal is due. `seen`: the time of its last batch."""

    at: float
    seen: datetime
    pause: float = PAUSE
    under_way: bool = False


class EventService:
    """Reads and sends until it is stopped. `busy`: whether a batch for the terminal runs or waits; `greetings` counts hellos."""

    def __init__(  # noqa: PLR0913 - each is one port to another part of the agent
        self,
        journal: Journal,
        sending: Sending,
        drivers: Drivers,
        status_file: StatusFile,
        *,
        in_lane: InLane,
        busy: Callable[[str], bool],
        greetings: Callable[[], int],
        timeout: float,
        settings: Callable[[str], ConnectionSettings | None],
    ) -> None:
        self._settings = settings
        self._journal, self._sending, self._drivers, self._status_file = journal, sending, drivers, status_file
        self._in_lane, self._busy, self._greetings, self._timeout = in_lane, busy, greetings, timeout
        self._turns: dict[str, Turn] = {}
        self._stopping, self._fresh = threading.Event(), threading.Event()
        self._greeted, self._tidied = -1, time.monotonic()
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for name, run in (("events", self._collect), ("events-courier", self._send))
        ]

    def start(self) -> None:
        """Start in threads of its own."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop soon. What was read is on the disk, and what was sent may be sent again."""
        self._stopping.set()
        self._fresh.set()

    def _collect(self) -> None:
        while not self._stopping.wait(EVERY):
            for name, last in self._due():
                self._turns[name].under_way = True
                self._in_lane(last.make, last.address, lambda name=name, last=last: self._look(name, last))  # type: ignore[misc]  # bound now

    def _due(self) -> list[tuple[str, TerminalStatus]]:
        now, found = time.monotonic(), self._status_file.quiet()
        self._turns = {name: self._turn(name, last, now) for name, last in found.items()}
        under_way = sum(turn.under_way for turn in self._turns.values())
        due = [name for name, turn in self._turns.items() if not turn.under_way and turn.at <= now and not self._busy(name)]
        return [(name, found[name]) for name in due[: max(0, AT_ONCE - under_way)]]

    def _turn(self, name: str, last: TerminalStatus, now: float) -> Turn:
        turn = self._turns.get(name) or Turn(at=now, seen=last.at)
        if turn.seen != last.at:  # a batch has ended
            turn.seen, turn.at, turn.pause = last.at, now, PAUSE
        return turn

    def _look(self, name: str, last: TerminalStatus) -> None:
        turn = self._turns.get(name) or Turn(at=0.0, seen=last.at)
        try:
            turn.pause = self._read(name, last)
        except StorageFailed as error:
            log.error("Events cannot be stored; they stay at the terminal.", terminal=name, why=str(error))
            turn.pause = LONGEST_PAUSE
        except Exception:  # noqa: BLE001 - a driver may fail in any way: the log is read later
            turn.pause = min(turn.pause * 2, LONGEST_PAUSE)
        finally:
            turn.at = time.monotonic() + turn.pause * (0.75 + secrets.randbelow(250) / 1000)
            turn.under_way = False
            self._fresh.set()

    def _read(self, name: str, last: TerminalStatus) -> float:
        """Read; returns the seconds until the next reading."""
        if self._stopping.is_set() or self._busy(name):
            return EVERY
        reading = Reading(journal=self._journal, terminal=name, serial=last.serial, enough=lambda: self._has_to_stop(name))
        settings = self._settings(name)
        if settings is None:  # not known how to reach it, until its next batch
            return LONGEST_PAUSE
        driver = self._drivers.of(last.make)
        with driver.open(settings, timeout=max(self._timeout, driver.make.answer_timeout)) as session:
            return PAUSE if reading.read(session) else NO_LOG

    def _has_to_stop(self, name: str) -> bool:
        return self._stopping.is_set() or self._busy(name)

    def _send(self) -> None:
        away = FIRST_AWAY
        while not self._stopping.is_set():
            self._fresh.wait(SEND)
            self._fresh.clear()
            try:
                self._send_once()
                away = FIRST_AWAY
            except AgentError:  # it is the cloud courier that says so, once
                self._stopping.wait(away * (0.5 + secrets.randbelow(500) / 1000))
                away = min(away * 2, LONGEST_AWAY)
                self._fresh.set()
            except Exception as error:  # noqa: BLE001 - this thread must outlive whatever a hub may say
                log.error("Events could not be sent.", error=type(error).__name__)
                self._stopping.wait(LONGEST_AWAY)

    def _send_once(self) -> None:
        if (greetings := self._greetings()) != self._greeted:
            self._journal.ask_anew()
            self._greeted = greetings
        self._sending.send_all()
        if time.monotonic() - self._tidied > TIDY:
            self._journal.drop_old()
            self._tidied = time.monotonic()


def event_service(
    state: State, drivers: Drivers, status_file: StatusFile, batch_service: BatchService, config: Config
) -> EventService:
    """The service of a running agent. Raises StorageFailed."""
    journal = Journal(state.folder / FOLDER)
    return EventService(
        journal,
        Sending(hub=Hub(state.identity.hub_url, config), state=state, journal=journal),
        drivers,
        status_file,
        in_lane=batch_service.between_batches,
        busy=batch_service.is_busy,
        greetings=lambda: state.hellos,
        timeout=config.terminal_timeout,
        settings=batch_service.connections.of,
    )
