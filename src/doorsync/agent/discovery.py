"""Terminals that were found in the network. What was found last is kept in a file, and goes to the hub with each hello."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from doorsync.agent import data_folder
from doorsync.agent.drivers import Drivers
from doorsync.agent.logs import log
from doorsync.drivers.contract import SupportsDiscovery
from doorsync.messages.make_info import NearbyTerminal
from doorsync.messages.sizes import NEARBY

FILE = "nearby.json"
FOUND = TypeAdapter(list[NearbyTerminal])


def find_terminals(drivers: Drivers, within: float) -> Iterator[NearbyTerminal]:
    """Ask every driver that can search, for so many seconds each. One that fails harms no other."""
    for name, driver in sorted(drivers.working.items()):
        if not isinstance(driver, SupportsDiscovery):
            continue
        try:
            for each in driver.find(within):
                yield NearbyTerminal(
                    make=name, address=each.address, serial=each.serial, title=each.title, needs_secret=each.needs_secret
                )
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way
            log.warning("A driver could not search.", driver=name, error=type(error).__name__)


def keep_nearby(folder: Path, found: list[NearbyTerminal]) -> None:
    """What the next hello tells. Raises StorageFailed."""
    data_folder.write(folder / FILE, FOUND.dump_json(found[:NEARBY]).decode())


def read_nearby(folder: Path) -> list[NearbyTerminal]:
    """What was found last; nothing when nobody has searched, or the file is damaged."""
    try:
        return FOUND.validate_json((folder / FILE).read_bytes())[:NEARBY]
    except (OSError, ValidationError):
        return []
