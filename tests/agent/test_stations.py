from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from doorsync.agent.drivers import Drivers
from doorsync.agent.stations import Stations
from doorsync.agent.status_file import StatusFile
from doorsync.drivers.contract import StationContext
from doorsync.drivers.make import Make
from doorsync.drivers.virtual.driver import VirtualDriver
from tests.factories.terminals import until


class Stationed(VirtualDriver):
    """A driver with a station, which fails at an address that is none."""

    make: ClassVar[Make] = Make(name="stationed", title="Stationed", address="x")

    def __init__(self) -> None:
        self.context: StationContext | None = None
        self.ended = False

    @contextmanager
    def start(self, context: StationContext) -> Iterator[None]:
        host, _, port = context.listen.rpartition(":")
        with socket.create_server((host, int(port))):
            self.context = context
            yield
        self.ended = True


@pytest.fixture
def driver() -> Stationed:
    return Stationed()


@pytest.fixture
def drivers(driver: Stationed) -> Drivers:
    return Drivers(working={"stationed": driver, "virtual": VirtualDriver()})


def test_a_station_runs_where_an_address_is_set(drivers: Drivers, driver: Stationed, tmp_path: Path) -> None:
    stations = Stations(drivers, tmp_path, StatusFile(tmp_path), lambda _: True)
    stations.start({"stationed": ""})
    assert driver.context is None
    stations.start({"stationed": "127.0.0.1:0", "virtual": "127.0.0.1:0"})
    assert driver.context
    assert driver.context.folder == tmp_path / "stations/stationed"
    assert driver.context.folder.stat().st_mode & 0o777 == 0o700
    stations.stop()
    assert driver.ended
    assert drivers.broken == {}


def test_one_that_cannot_start_breaks_its_driver_and_no_other(drivers: Drivers, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        stations = Stations(drivers, tmp_path, StatusFile(tmp_path), lambda _: True)
        stations.start({"stationed": listen})
        stations.stop()
    assert set(drivers.working) == {"virtual"}
    assert "Address already in use" in drivers.why_not("stationed")


def test_the_hub_is_told_of_a_terminal_that_is_back(drivers: Drivers, driver: Stationed, tmp_path: Path) -> None:
    status_file = StatusFile(tmp_path)
    for name, make, address in (("gate", "stationed", "SN1"), ("shed", "stationed", "SN2"), ("office", "virtual", "SN1")):
        status_file.answered(name, make=make, address=address, state="not-reached", message="")
    told: list[str] = []

    def take(name: str) -> bool:
        told.append(name)
        return True

    stations = Stations(drivers, tmp_path, status_file, take)
    stations.start({"stationed": "127.0.0.1:0"})
    assert driver.context
    driver.context.on_reconnected("SN3")
    driver.context.on_reconnected("SN1")
    until(lambda: told == ["gate"], "the hub was not told")
    stations.stop()
