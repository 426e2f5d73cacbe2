"""Runs the stations of drivers whose terminals call the agent. One that cannot start breaks its driver, and no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from doorsync.agent.drivers import Drivers
from doorsync.agent.errors import AgentError
from doorsync.agent.logs import log
from doorsync.agent.status_file import StatusFile
from doorsync.drivers.contract import RunsStation, StationContext
from doorsync.files import atomic

FOLDER = "stations"


class Stations:
    """Those that `listen` names, by make: host:port. `back` tells the hub that a terminal that was lost answers again."""

    def __init__(self, drivers: Drivers, folder: Path, status_file: StatusFile, back: Callable[[str], bool]) -> None:
        self._drivers, self._folder, self._status_file, self._back = drivers, folder, status_file, back
        self._running = ExitStack()

    def start(self, listen: Mapping[str, str]) -> None:
        """Start each in turn."""
        for make, driver in list(self._drivers.working.items()):
            if not listen.get(make) or not isinstance(driver, RunsStation):
                continue
            folder = self._folder / FOLDER / make
            context = StationContext(folder=folder, listen=listen[make], on_reconnected=self._teller(make))
            try:
                atomic.make_folder(folder)
                self._running.enter_context(driver.start(context))
            except Exception as error:  # noqa: BLE001 - a driver may fail in any way
                why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
                self._drivers.working.pop(make)
                self._drivers.broken[make] = f"it cannot listen at {listen[make]}: {why}"
                log.error("A station did not start; its terminals are out of reach.", driver=make, why=why)

    def stop(self) -> None:
        """Stop all stations; one that fails to stop ends with the process."""
        try:
            self._running.close()
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way
            log.warning("A station did not stop in order.", error=type(error).__name__)

    def _teller(self, make: str) -> Callable[[str], None]:
        """Tells in a thread of its own: a station answers its terminals meanwhile."""
        return lambda address: threading.Thread(target=self._tell, args=(make, address), daemon=True).start()

    def _tell(self, make: str, address: str) -> None:
        for name, last in self._status_file.lost().items():
            if (last.make, last.address) == (make, address):
                try:
                    self._back(name)
                except AgentError:
                    log.info("The hub could not be told that a terminal answers again.", terminal=name)
