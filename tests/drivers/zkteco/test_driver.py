"""The driver against the emulator, whose memory is looked at directly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from doorsync.domain.record import Kind
from doorsync.drivers.contract import ConnectionSettings, SecretRefused, TerminalError
from doorsync.drivers.zkteco.driver import ZktecoDriver
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Person
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from tests.drivers.zkteco.terminals import accepted, always, names, schedule, session, stranger, user
from tests.factories.patience import PATIENCE
from tests.factories.terminals import by_key


@pytest.fixture
def server() -> Iterator[Server]:
    with emulated(Device(memory=Memory(capacity=300))) as running:
        yield running


def test_about_tells_what_the_terminal_says(server: Server) -> None:
    server.device.memory.templates = {(1, 0): b"t", (1, 1): b"t"}
    stranger(server, 1, "77", privilege=14)
    with session(server) as one:
        about = one.about()
        assert (about.serial, about.model, about.firmware) == ("EMU4370000001", "Emulator", "Ver 6.60 Emulator")
        assert (about.users, about.templates, about.can.capacity) == (1, 2, 300)
        now = datetime.fromisoformat(about.clock)
        assert abs((now - datetime.now()).total_seconds()) < PATIENCE  # noqa: DTZ005 - a clock on a wall
        server.device.serial = "EMU2"
        assert one.about().serial == "EMU2"


def test_what_a_terminal_does_not_know_of_itself_is_left_empty(server: Server) -> None:
    server.device.faults.refused_commands = {11, 1100, 201, 27}
    with session(server) as one:
        about = one.about()
    assert (about.serial, about.model, about.firmware, about.clock, about.can.schedules) == ("", "", "", "", 0)


@pytest.mark.requirement("T-01", mutation="the comm key in the words of SecretRefused")
@pytest.mark.parametrize("secret", ["", "8422", "x"])
def test_a_wrong_comm_key_is_told_from_a_lost_terminal_and_is_not_said(server: Server, secret: str) -> None:
    server.device.comm_key = 8421
    with pytest.raises(SecretRefused) as caught, session(server, secret=secret):
        pass
    assert not secret or secret not in str(caught.value).replace("comm key", "")
    with session(server, secret="8421") as one:
        assert one.about().serial


def test_another_program_and_the_protocol_of_newer_firmware_are_told_apart(server: Server) -> None:
    with session(server), pytest.raises(TerminalError, match="another program") as caught, session(server):
        pass
    assert not caught.value.permanent


def test_the_clock_is_set(server: Server) -> None:
    with session(server) as one:
        one.set_clock(datetime(2031, 5, 6, 7, 8, 9))  # noqa: DTZ001 - a clock on a wall
        assert one.about().clock[:16] == "2031-05-06T07:08"


def test_the_mark_changes_with_each_person_and_each_administrator(server: Server) -> None:
    marks = set()
    with session(server) as one:
        marks.add(one.change_mark())
        stranger(server, 4, "4")
        marks.add(one.change_mark())
        server.device.memory.people[4].privilege = 14
        marks.add(one.change_mark())
        assert one.change_mark() in marks
    assert len(marks) == 3


@pytest.mark.parametrize("packet", [0, 1008])
def test_a_large_table_is_read_in_pieces_and_each_person_once(server: Server, packet: int) -> None:
    server.device.memory.capacity, server.device.faults.packet = 2000, packet
    for number in range(1, 1501):
        assert server.device.memory.store(Person(number, str(5000 + number), name=f"Émile {number}".encode(), card=number))
    with session(server) as one:
        found = by_key(one.read_all(Kind.USER))
        assert len(found) == 1500
        assert found["6500"].fields == {"name": "Émile 1500", "cards": ["1500"], "pin": "", "schedules": []}
        assert set(by_key(one.read(Kind.USER, ["5001", "404"]))) == {"5001"}


def test_letters_that_are_none_are_seen_and_not_believed(server: Server) -> None:
    server.device.memory.store(Person(1, "1", name=b"\xc9mile"))
    with session(server) as one:
        assert by_key(one.read_all(Kind.USER))["1"].fields["name"] == "\ufffdmile"
    with session(server, letters="latin-1") as one:
        assert by_key(one.read_all(Kind.USER))["1"].fields["name"] == "Émile"
        assert accepted(one.put_many([user(2, "Zoë"), user(3, "Łukasz")])) == {"2"}
    assert server.device.memory.people[2].name == b"Zo\xeb"


def test_terminals_with_small_rows_have_no_time_schedules(server: Server) -> None:
    server.device.memory.row = 28
    with session(server, row="28") as one:
        can = one.about().can
        assert (can.schedules, can.name_bytes, can.pin_max) == (0, 8, 5)
        assert accepted(one.put_many([user(n, f"Ann {n}", card=n) for n in range(1, 20)] + [user(99, schedules=["2"])])) == {
            str(n) for n in range(1, 20)
        }
    with session(server) as one:  # found out, once somebody is in it
        assert one.about().can.name_bytes == 8
        assert by_key(one.read_all(Kind.USER))["19"].fields["cards"] == ["19"]


@pytest.mark.requirement("I-03", mutation="User.administers always False")
def test_the_terminals_administrators_are_never_touched(server: Server) -> None:
    stranger(server, 1, "1", privilege=14, zones=(7, 0, 0), zone_flag=1)
    server.device.memory.zones[7] = ((8, 0, 9, 0),) * 7
    with session(server) as one:
        assert accepted(one.put_many([schedule(5), *[]])) == {"5"}
        assert accepted(one.put_many([user(n) for n in range(1, 10)])) == {str(n) for n in range(2, 10)}
        assert accepted(one.remove_many(Kind.USER, ["1", "2"])) == {"2"}
        assert {each.record.key for each in one.read_all(Kind.USER) if each.own} == {"1"}
        one.erase()
        assert by_key(one.read_all(Kind.SCHEDULE)).keys() == {"7"}
    assert names(server) == {"1": "Stranger"}
    assert server.device.memory.zones[7] == ((8, 0, 9, 0),) * 7


def test_an_erase_of_which_somebody_is_left_says_so(server: Server) -> None:
    stranger(server, 1, "11")
    server.device.faults.refused_commands = {18}
    with session(server) as one, pytest.raises(TerminalError) as caught:
        one.erase()
    assert caught.value.permanent


def test_schedules_are_read_as_they_were_written_and_close_when_they_are_removed(server: Server) -> None:
    hours = schedule(5, ("1", "08:00", "18:00"), ("7", "00:00", "24:00"))
    with session(server) as one:
        assert accepted(one.put_many([hours, schedule(6), always(7), schedule(1), schedule(51)])) == {"5", "6", "7"}
        assert server.device.memory.zones[5][:2] == ((0, 0, 23, 59), (8, 0, 17, 59))
        found = by_key(one.read_all(Kind.SCHEDULE))
        assert {key: record.fields["slots"] for key, record in found.items()} == {
            "5": hours.fields["slots"],
            "6": [],
            "7": always(7).fields["slots"],
        }
        assert accepted(one.put_many([user(1, schedules=["5", "7"])])) == {"1"}
    with session(server) as one:
        assert by_key(one.read(Kind.SCHEDULE, ["5", "7", "8"])).keys() == {"5", "7"}
        assert accepted(one.remove_many(Kind.SCHEDULE, ["5", "7", "8", "x"])) == {"5", "7", "8", "x"}
        assert by_key(one.read_all(Kind.SCHEDULE)).keys() == {"6"}
    for number in (5, 7):
        assert all((start, minute) > (end, last) for start, minute, end, last in server.device.memory.zones[number])
    assert server.device.memory.zones[8] == ((0, 0, 23, 59),) * 7


def test_several_intervals_a_day_are_refused(server: Server) -> None:
    with session(server) as one:
        (answer,) = one.put_many([schedule(5, ("1", "08:00", "12:00"), ("1", "13:00", "18:00"))])
    assert "one interval" in answer.refusal


def test_an_iterator_that_is_left_half_way_leaves_the_terminal_working(server: Server) -> None:
    with session(server) as one:
        answers = one.remove_many(Kind.USER, ["1", "2"])
        next(answers)
        assert server.device.busy
        answers.close()  # type: ignore[attr-defined]  # a generator
        assert not server.device.busy
        assert one.about().users == 0


def test_what_was_asked_is_not_written_before_the_first_answer_is_wanted(server: Server) -> None:
    with session(server) as one:
        one.put_many([user(1)])
        assert one.about().users == 0


def test_an_unknown_address() -> None:
    with pytest.raises(TerminalError, match="no address"), ZktecoDriver().open(ConnectionSettings(address="x#1"), timeout=1):
        pass


def test_a_terminal_that_a_program_left_shut_opens_with_the_next_session(server: Server) -> None:
    server.device.busy = True
    with session(server):
        assert not server.device.busy
