from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from doorsync.drivers.suprema.session import SupremaSession
from doorsync.drivers.suprema.simulator.device import Device

MINUTE = timedelta(minutes=1)


def shown(session: SupremaSession) -> datetime:
    return datetime.fromisoformat(session.about().clock)


@pytest.mark.parametrize(("wall", "offset"), [("2027-01-15T12:00:00", 3600), ("2027-07-15T12:00:00", 7200)])
def test_the_clock_is_set_to_the_wall_clock_of_the_location(
    session: SupremaSession, device: Device, wall: str, offset: int
) -> None:
    session.set_clock(datetime.fromisoformat(wall))
    assert device.time_config.timeZone == offset
    assert timedelta(0) <= shown(session) - datetime.fromisoformat(wall) < 10 * MINUTE


@pytest.mark.parametrize("wall", ["2027-01-15T12:00:00", "2027-07-15T12:00:00"])
def test_a_device_that_keeps_summer_time_is_left_to_it(session: SupremaSession, device: Device, wall: str) -> None:
    device.summer_time.schedules.add(timeOffset=3600)
    session.set_clock(datetime.fromisoformat(wall))
    assert device.time_config.timeZone == 3600
    assert timedelta(0) <= shown(session) - datetime.fromisoformat(wall) < 10 * MINUTE


def test_a_wrong_time_zone_shows_as_a_wrong_clock(session: SupremaSession, device: Device) -> None:
    session.set_clock(datetime(2027, 1, 15, 12))  # noqa: DTZ001 - a wall clock
    device.time_config.timeZone = -18000
    assert shown(session) < datetime(2027, 1, 15, 7)  # noqa: DTZ001 - a wall clock


def test_a_clock_that_makes_no_sense_is_not_told(session: SupremaSession, device: Device) -> None:
    device.shift = 1e15
    assert session.about().clock == ""
