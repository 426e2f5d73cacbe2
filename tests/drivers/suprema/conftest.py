from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from doorsync.drivers.contract import ConnectionSettings
from doorsync.drivers.suprema.driver import SupremaDriver
from doorsync.drivers.suprema.session import SupremaSession
from doorsync.drivers.suprema.simulator.device import Device
from doorsync.drivers.suprema.simulator.server import SimulatedGateway, simulated_gateway
from tests.factories.patience import PATIENCE

ZONE = "Europe/Amsterdam"


@pytest.fixture
def device() -> Device:
    """With one door, and nobody in it."""
    made = Device()
    made.clear()
    return made


@pytest.fixture
def gateway(device: Device) -> Iterator[SimulatedGateway]:
    with simulated_gateway(device) as running:
        yield running


def settings(gateway: SimulatedGateway, **options: str) -> ConnectionSettings:
    address = f"127.0.0.1:{gateway.port}#{gateway.devices[0].id}"
    return ConnectionSettings(address=address, options={"certificate": gateway.certificate.fingerprint, **options}, zone=ZONE)


def opened(gateway: SimulatedGateway, timeout: float = PATIENCE, **options: str) -> AbstractContextManager[SupremaSession]:
    return SupremaDriver().open(settings(gateway, **options), timeout=timeout)


@pytest.fixture
def session(gateway: SimulatedGateway) -> Iterator[SupremaSession]:
    with opened(gateway) as running:
        yield running
