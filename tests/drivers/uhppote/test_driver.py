"""The driver against the simulated controller, looked at through its database and through npm's client."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from doorsync.domain.door_modes import DoorMode
from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.contract import ConnectionSettings, TerminalError
from doorsync.drivers.uhppote.driver import UhppoteDriver
from doorsync.drivers.uhppote.session import UhppoteSession
from tests.drivers.uhppote.conftest import SERIAL, ControllerOnNetwork
from tests.factories.patience import PATIENCE

ALICE, BOB = "8165537", "8165538"
DAYS = [["1", "08:00", "12:00"], ["1", "13:00", "17:30"], ["2", "08:00", "12:00"], ["2", "13:00", "17:30"]]
WEEKEND = [["6", "00:00", "24:00"], ["7", "00:00", "24:00"]]


def card(number: str, schedules: list[str] | None = None, until: str = "", pin: str = "") -> Record:
    fields: dict[str, Value] = {"cards": [number], "pin": pin, "schedules": schedules or [], "until": until}
    return Record(kind=Kind.USER, key=number, fields=fields)


def schedule(place: str, slots: list[list[str]]) -> Record:
    return Record(kind=Kind.SCHEDULE, key=place, fields={"name": "", "slots": slots})


def settings(on_network: ControllerOnNetwork, **options: str) -> ConnectionSettings:
    return ConnectionSettings(address=f"127.0.0.1:{on_network.port}", options=options)


def cards_in(folder: Path) -> dict[int, tuple[Any, ...]]:
    """Number -> last day, doors and PIN: an independent look into the memory."""
    with sqlite3.connect(folder / "controller.sqlite3") as base:
        rows = base.execute("SELECT number, ends, door1, door2, door3, door4, pin FROM card")
        return {row[0]: row[1:] for row in rows}


@pytest.fixture(params=["udp", "tcp"])
def session(on_network: ControllerOnNetwork, request: pytest.FixtureRequest) -> Iterator[UhppoteSession]:
    with UhppoteDriver().open(settings(on_network, transport=request.param, doors="13"), timeout=PATIENCE) as opened:
        yield opened


def test_about_tells_serial_number_firmware_clock_and_count(session: UhppoteSession, on_network: ControllerOnNetwork) -> None:
    list(session.put_many([card(ALICE)]))
    session.set_clock(datetime.fromisoformat("2026-11-27T12:00:00"))
    about = session.about()
    assert (about.serial, about.firmware, about.users) == (str(SERIAL), "v8.92", 1)
    assert about.clock.startswith("2026-11-27T12:00:0")


def test_card_is_in_the_memory_and_read_back_as_it_was_written(session: UhppoteSession, tmp_path: Path) -> None:
    records = [card(ALICE, ["2"], "2027-01-01T00:00", "7531"), card(BOB)]
    assert [each.refusal for each in session.put_many(records)] == ["", ""]
    assert cards_in(tmp_path) == {8165537: ("2026-12-31", 9, 0, 9, 0, 7531), 8165538: ("2099-12-31", 0, 0, 0, 0, 0)}
    assert [each.record for each in session.read(Kind.USER, [ALICE, "404", BOB])] == records
    assert [each.record for each in session.read_all(Kind.USER)] == records


def test_deleted_cards_leave_holes_that_hide_nobody(session: UhppoteSession) -> None:
    list(session.put_many([card(str(number)) for number in range(1, 7)]))
    assert [each.key for each in session.remove_many(Kind.USER, ["1", "3", "6", "404"])] == ["1", "3", "6", "404"]
    assert [each.record.key for each in session.read_all(Kind.USER)] == ["2", "4", "5"]


def test_schedule_of_several_hours_a_day_is_a_chain_of_profiles(session: UhppoteSession, on_network: ControllerOnNetwork) -> None:
    list(session.put_many([schedule("1", DAYS + WEEKEND), schedule("36", WEEKEND), card(ALICE, ["1"])]))
    assert [(each.record.key, each.record.fields) for each in session.read_all(Kind.SCHEDULE)] == [
        ("1", {"slots": DAYS + WEEKEND}),
        ("36", {"slots": WEEKEND}),
    ]
    moments = {"2026-11-30T08:00": True, "2026-11-30T12:30": False, "2026-12-02T09:00": False, "2026-12-06T23:59": True}
    for moment, opens in moments.items():
        session.set_clock(datetime.fromisoformat(moment))
        assert on_network.controller.swipe(int(ALICE), door=1) == opens, moment
        assert not on_network.controller.swipe(int(ALICE), door=2)


def test_shorter_schedule_leaves_nothing_of_the_longer_one(session: UhppoteSession) -> None:
    list(session.put_many([schedule("1", DAYS + WEEKEND)]))
    list(session.put_many([schedule("1", WEEKEND)]))
    assert [each.record.fields for each in session.read(Kind.SCHEDULE, ["1"])] == [{"slots": WEEKEND}]
    list(session.put_many([schedule("1", [])]))
    assert [each.record.fields for each in session.read(Kind.SCHEDULE, ["1"])] == [{"slots": []}]
    list(session.remove_many(Kind.SCHEDULE, ["1"]))
    assert list(session.read_all(Kind.SCHEDULE)) == []


def test_what_cannot_be_told_when_it_is_read_back_is_refused(session: UhppoteSession, tmp_path: Path) -> None:
    answers = list(session.put_many([schedule("1", [["1", "00:00", "23:59"]]), card(ALICE, pin="0123")]))
    assert [each.code for each in answers] == ["ends-at-23:59", "leading-zero"]
    assert cards_in(tmp_path) == {}
    assert list(session.read_all(Kind.SCHEDULE)) == []


def test_other_doors_or_hours_set_by_somebody_else_are_not_taken_for_ours(
    session: UhppoteSession, npm_client: Callable[..., dict[str, Any]]
) -> None:
    list(session.put_many([schedule("1", DAYS), card(ALICE, ["1"])]))
    npm_client("putCard", int(ALICE), "2000-01-01", "2099-12-31", {"1": 2, "2": True, "3": 2, "4": False})
    npm_client("putCard", int(BOB), "2000-01-01", "2099-12-31", {"1": True, "2": False, "3": True, "4": False})
    assert [each.record.fields["schedules"] for each in session.read_all(Kind.USER)] == [["?"], ["?"]]


def test_client_of_another_author_reads_what_the_driver_wrote(
    session: UhppoteSession, npm_client: Callable[..., dict[str, Any]]
) -> None:
    list(session.put_many([schedule("1", DAYS), card(ALICE, ["1"], "2027-01-01T00:00")]))
    found = npm_client("getCard", int(ALICE))["card"]
    assert found["valid"] == {"from": "2000-01-01", "to": "2026-12-31"}
    assert found["doors"] == {"1": 2, "2": False, "3": 2, "4": False}
    profile = npm_client("getTimeProfile", 2)["profile"]
    assert profile["weekdays"] == ["Monday", "Tuesday"]
    assert profile["segments"] == [{"start": "08:00", "end": "12:00"}, {"start": "13:00", "end": "17:30"}]


def test_full_controller_refuses_by_the_card_and_goes_on(session: UhppoteSession) -> None:
    answers = list(session.put_many([card(str(number)) for number in range(1, 66)]))
    assert [each.key for each in answers if each.refusal] == ["65"]
    session.erase()
    assert session.about().users == 0


def test_silent_and_absent_controllers_are_not_permanent_errors(on_network: ControllerOnNetwork) -> None:
    with UhppoteDriver().open(settings(on_network), timeout=0.5) as session:
        on_network.controller.faults.silent = True
        with pytest.raises(TerminalError) as caught:
            list(session.put_many([card(ALICE)]))
        assert not caught.value.permanent
    for address in (
        "",
        "nowhere",
        "127.0.0.1#1",
        f"127.0.0.1:{on_network.port}#1",
        "[::1]:60000",
        "127.0.0.1:99999",
        "127.0.0.1:port",
        f"127.0.0.1:{on_network.port}",
    ):
        with pytest.raises(TerminalError) as caught, UhppoteDriver().open(ConnectionSettings(address=address), timeout=0.5):
            pass
        assert not caught.value.permanent


def test_doors_that_its_people_may_pass_are_opened_over_udp_only(on_network: ControllerOnNetwork) -> None:
    """Of TCP the system may deliver later what the driver gave up, and nobody is expected at the door any more."""
    with UhppoteDriver().open(settings(on_network, transport="udp", doors="31"), timeout=PATIENCE) as session:
        assert session.about().can.remote_doors == ("1", "3")
        session.open_door(3, within=PATIENCE)
        with pytest.raises(TerminalError) as caught:
            session.open_door(2, within=PATIENCE)
    assert caught.value.permanent
    with UhppoteDriver().open(settings(on_network, transport="tcp", doors="31"), timeout=PATIENCE) as session:
        assert session.about().can.remote_doors == ()
        with pytest.raises(TerminalError):
            session.open_door(1, within=PATIENCE)
    assert on_network.controller.opened == [3]


def test_a_door_is_asked_for_once_though_other_requests_are_made_again(on_network: ControllerOnNetwork) -> None:
    """The packet arrived, and its answer was lost: nobody knows that it opened, and asking again would open it again."""
    with UhppoteDriver().open(settings(on_network), timeout=PATIENCE) as session:
        on_network.controller.faults.unheard = True
        with pytest.raises(TerminalError) as caught:
            session.open_door(3, within=0.3)
    assert not caught.value.permanent
    assert on_network.controller.opened == [3]


def test_the_mode_of_a_door_keeps_the_time_for_which_it_unlocks(
    on_network: ControllerOnNetwork, npm_client: Callable[..., dict[str, Any]]
) -> None:
    """What the client of another author reads is what the driver wrote, and the other way round."""
    on_network.controller.door_control[3] = 3, 17
    with UhppoteDriver().open(settings(on_network, doors="31"), timeout=5) as session:
        session.set_door_mode(3, DoorMode.HELD_OPEN, within=5)
        assert npm_client("getDoorControl", 3)["doorControlState"] == {
            "door": 3,
            "delay": 17,
            "control": {"value": 1, "state": "normally open"},
        }
        npm_client("setDoorControl", 3, 17, "normally closed")
        assert session.door_mode(3, within=5) is DoorMode.LOCKED_DOWN
        with pytest.raises(TerminalError):
            session.set_door_mode(2, DoorMode.HELD_OPEN, within=5)
    assert on_network.controller.door_control == {1: (3, 5), 2: (3, 5), 3: (2, 17), 4: (3, 5)}
    with UhppoteDriver().open(settings(on_network, transport="tcp"), timeout=5) as session:
        assert session.about().can.mode_doors == ()


def test_a_mode_that_the_controller_does_not_take_is_no_success(on_network: ControllerOnNetwork) -> None:
    on_network.controller.door_control[3] = 9, 5
    with UhppoteDriver().open(settings(on_network), timeout=5) as session, pytest.raises(TerminalError):
        session.door_mode(3, within=5)
