from __future__ import annotations

import pytest

from doorsync.domain.record import Kind
from doorsync.drivers.contract import UNKNOWN_SCHEDULE, TerminalError
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema.session import SupremaSession
from doorsync.drivers.suprema.simulator.device import Device
from doorsync.drivers.suprema.simulator.server import SimulatedGateway
from tests.drivers.suprema.conftest import opened
from tests.drivers.suprema.people import hours, person, refusals

FINGERS = bytes.fromhex("2a050a03010203")  # field 5, which the driver's own messages leave out: one fingerprint of three bytes


def test_fingerprints_and_ways_of_authentication_stay_when_somebody_is_changed(session: SupremaSession, device: Device) -> None:
    there = gsdk.UserInfo.FromString(FINGERS)
    there.hdr.ID, there.hdr.numOfFinger, there.setting.cardAuthMode = "7", 1, 4
    device.users["7"] = there
    assert not refusals(session, [person(7, name="Bob", cards=["45131261"])])
    held = device.users["7"]
    assert FINGERS in held.SerializeToString()
    assert (held.name, held.hdr.numOfFinger, held.setting.cardAuthMode) == ("Bob", 1, 4)


def test_a_new_person_is_checked_as_the_device_is_set(session: SupremaSession, device: Device) -> None:
    refusals(session, [person(7)])
    setting = device.users["7"].setting
    assert {setting.cardAuthMode, setting.IDAuthMode, setting.biometricAuthMode, setting.cardAuthExtMode} == {0xFF}


def test_people_beyond_the_devices_room_are_refused_by_name_and_the_others_are_in(
    session: SupremaSession, device: Device
) -> None:
    device.capacity = 3
    refused = refusals(session, [person(number) for number in range(1, 6)])
    assert set(refused) == {"4", "5"}
    assert set(device.users) == {"1", "2", "3"}


def test_a_person_whose_hours_the_device_does_not_hold_is_refused(session: SupremaSession, device: Device) -> None:
    answers = list(session.put_many([person(1, schedules=["2"]), person(2)]))
    assert {answer.key: answer.code for answer in answers} == {"1": UNKNOWN_SCHEDULE, "2": ""}
    assert set(device.users) == {"2"}
    assert not refusals(session, [hours(2)])
    assert not refusals(session, [person(1, schedules=["2"])])


def test_a_pin_is_stored_as_the_gateways_hash_and_never_read(session: SupremaSession, device: Device) -> None:
    refusals(session, [person(1, pin="4711")])
    assert len(device.users["1"].PIN) == 32
    assert "pin" not in next(session.read(Kind.USER, ["1"])).record.fields


def test_a_pin_that_stays_after_it_was_taken_away_is_a_refusal(session: SupremaSession, device: Device) -> None:
    refusals(session, [person(1, pin="4711"), person(2)])
    device.faults.keeps_pins = True
    assert set(refusals(session, [person(1), person(2)])) == {"1"}
    device.faults.keeps_pins = False
    assert not refusals(session, [person(1)])
    assert not device.users["1"].PIN


def test_operators_of_the_device_are_its_own(session: SupremaSession, device: Device) -> None:
    refusals(session, [person(1), person(2)])
    device.operators |= {"1": 1, "2": 0}  # a level of 0 is none
    assert {found.record.key: found.own for found in session.read_all(Kind.USER)} == {"1": True, "2": False}
    assert set(refusals(session, [person(1, name="Eve"), person(2)])) == {"1"}
    assert [answer.refusal != "" for answer in session.remove_many(Kind.USER, ["1", "2"])] == [True, False]
    assert set(device.users) == {"1"}
    assert device.users["1"].name == "Alice"


def test_a_device_that_says_yes_and_stores_nobody_is_seen_by_reading(session: SupremaSession, device: Device) -> None:
    device.faults.lying = True
    assert not refusals(session, [person(1)])
    assert list(session.read(Kind.USER, ["1"])) == []


@pytest.mark.parametrize("flaw", ["disabled", "later"])
def test_somebody_who_cannot_open_reads_as_somebody_without_cards_until_they_are_written_again(
    session: SupremaSession, device: Device, flaw: str
) -> None:
    refusals(session, [hours(2)])
    wanted = person(1, cards=["45131261"], schedules=["2"])
    refusals(session, [wanted])
    if flaw == "disabled":
        device.users["1"].hdr.userFlag = 0x80
    else:
        device.users["1"].setting.startTime = 2**32 - 1
    read = next(session.read(Kind.USER, ["1"])).record.fields
    assert (read["cards"], read["schedules"]) == ([], [])
    refusals(session, [wanted])
    read = next(session.read(Kind.USER, ["1"])).record.fields
    assert (read["cards"], read["schedules"]) == (["45131261"], ["2"])


def test_a_card_of_another_type_is_never_taken_for_ours(
    session: SupremaSession, device: Device, gateway: SimulatedGateway
) -> None:
    refusals(session, [person(1, cards=["45131261"])])
    with opened(gateway, cards="wiegand") as other:
        assert next(other.read(Kind.USER, ["1"])).record.fields["cards"] != ["45131261"]
        refusals(other, [person(1, cards=["45131261"])])
        assert next(other.read(Kind.USER, ["1"])).record.fields["cards"] == ["45131261"]
    assert device.users["1"].cards[0].type == 10


def test_a_refusal_and_a_lost_device_are_told_apart(session: SupremaSession, gateway: SimulatedGateway, device: Device) -> None:
    gateway.devices.clear()
    with pytest.raises(TerminalError) as caught:
        refusals(session, [person(1)])
    assert not caught.value.permanent


def test_a_thousand_people_are_read_and_removed(session: SupremaSession, device: Device) -> None:
    for start in range(1, 1000, 100):
        refusals(session, [person(number, cards=[str(number)]) for number in range(start, start + 100)])
    assert len(list(session.read_all(Kind.USER))) == len(device.users) == 1000
    session.erase()
    assert not device.users
