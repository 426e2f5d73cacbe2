from __future__ import annotations

from collections.abc import Callable

import pytest

from doorsync.domain.record import Kind
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema.session import SupremaSession
from doorsync.drivers.suprema.simulator.device import Device
from doorsync.drivers.suprema.simulator.server import SimulatedGateway
from tests.drivers.suprema.conftest import opened
from tests.drivers.suprema.people import hours, person, refusals


def test_hours_open_the_doors_of_this_device_and_no_others(gateway: SimulatedGateway, device: Device) -> None:
    device.doors[4] = gsdk.DoorInfo(doorID=4, exitDeviceID=device.id)
    device.doors[5] = gsdk.DoorInfo(doorID=5, entryDeviceID=99)
    with opened(gateway) as session:
        assert not refusals(session, [hours(2)])
    assert [(pair.doorID, pair.scheduleID) for pair in device.levels[2].doorSchedules] == [(1, 2), (4, 2)]
    assert list(device.groups[2].levelIDs) == [2]


def _holiday(device: Device) -> None:
    device.schedules[2].holidays.add(groupID=1)


def _another_level(device: Device) -> None:
    device.groups[2].levelIDs.append(3)


def _always(device: Device) -> None:
    device.levels[2].doorSchedules[0].scheduleID = 1


def _no_group(device: Device) -> None:
    del device.groups[2]


def _daily(device: Device) -> None:
    device.schedules[2].daily.startDate = 0


@pytest.mark.parametrize("change", [_holiday, _another_level, _always, _no_group, _daily])
def test_what_opens_otherwise_than_it_was_written_never_reads_as_the_same(
    session: SupremaSession, device: Device, change: Callable[[Device], None]
) -> None:
    wanted = hours(2)
    refusals(session, [wanted])
    assert next(session.read(Kind.SCHEDULE, ["2"])).record == wanted
    change(device)
    assert next(session.read(Kind.SCHEDULE, ["2"])).record != wanted
    assert not refusals(session, [wanted])
    assert next(session.read(Kind.SCHEDULE, ["2"])).record == wanted


def test_a_removed_schedule_opens_for_nobody_and_leaves_nothing(session: SupremaSession, device: Device) -> None:
    refusals(session, [hours(2), hours(3)])
    refusals(session, [person(1, schedules=["2"])])
    assert [answer.refusal for answer in session.remove_many(Kind.SCHEDULE, ["2", "9"])] == ["", ""]
    assert device.groups.keys() == device.levels.keys() == device.schedules.keys() == {3}


def test_six_intervals_on_a_day_and_a_long_name_are_refused(session: SupremaSession, device: Device) -> None:
    many = [["1", f"{hour:02}:00", f"{hour:02}:30"] for hour in range(6)]
    assert set(refusals(session, [hours(2, slots=many), hours(3, name="N" * 49), hours(1), hours(4)])) == {"1", "2", "3"}
    assert device.schedules.keys() == {4}


def test_a_device_without_a_door_holds_no_hours(gateway: SimulatedGateway, device: Device) -> None:
    device.doors.clear()
    with opened(gateway) as session:
        can = session.about().can
        assert (can.schedules, can.open_without_schedule) == (0, False)
        assert set(refusals(session, [hours(2)])) == {"2"}


def test_a_device_that_opens_to_everybody_says_so(gateway: SimulatedGateway, device: Device) -> None:
    device.auth.useFullAccess = True
    with opened(gateway) as session:
        can = session.about().can
        assert (can.schedules, can.schedules_per_user, can.open_without_schedule) == (0, 0, True)
