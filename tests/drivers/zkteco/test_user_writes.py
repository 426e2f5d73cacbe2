"""What becomes of people whatever the terminal does: every answer is true, and nobody's access is wider than asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doorsync.drivers.contract import UNKNOWN_SCHEDULE, TerminalError
from doorsync.drivers.zkteco.driver import ZktecoDriver
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from tests.drivers.zkteco.terminals import accepted, always, names, schedule, session, stranger, user
from tests.factories.terminals import until

UPLOAD, SAVE, WRITE = 1500, 110, 8
MANY = [user(n, f"Name {n}", card=n, pin="1234") for n in range(100, 150)]
KEYS = {record.key for record in MANY}


@pytest.fixture
def server() -> Iterator[Server]:
    with emulated(Device(memory=Memory(capacity=300))) as running:
        yield running


def test_many_are_written_at_once(server: Server) -> None:
    with session(server) as one:
        assert accepted(one.put_many(MANY)) == KEYS
    assert server.device.asked.count(WRITE) == 0
    assert server.device.asked.count(SAVE) == 1
    person = server.device.memory.people[1]
    assert (person.user_id, person.card, person.password, person.privilege, person.group) == ("100", 100, b"1234", 0, 1)


@pytest.mark.requirement("I-03", mutation="free_slots giving the slots above the number of people")
def test_nobodys_slot_is_overwritten(server: Server) -> None:
    for uid in (1, 2, 4, 9):
        stranger(server, uid, f"9{uid}")
    with session(server) as one:
        assert accepted(one.put_many(MANY)) == KEYS
        stranger(server, 70, "970")
        assert accepted(one.put_many([user(n) for n in range(200, 220)])) == {str(n) for n in range(200, 220)}
    assert {person.user_id for person in server.device.memory.people.values() if person.name == b"Stranger"} == {
        "91",
        "92",
        "94",
        "99",
        "970",
    }
    assert len(server.device.memory.people) == 75


def test_a_replaced_person_keeps_slot_group_and_templates(server: Server) -> None:
    stranger(server, 40, "100", group=7)
    server.device.memory.templates = {(40, 3): b"finger"}
    with session(server) as one:
        assert accepted(one.put_many(MANY)) == KEYS
    person = server.device.memory.people[40]
    assert (person.user_id, person.name, person.group) == ("100", b"Name 100", 7)
    assert server.device.memory.templates == {(40, 3): b"finger"}


@pytest.mark.parametrize("refused", [{UPLOAD}, {SAVE}])
def test_a_terminal_without_bulk_writes_gets_them_one_by_one_and_is_remembered(server: Server, refused: set[int]) -> None:
    server.device.faults.refused_commands = refused
    driver = ZktecoDriver()
    for _ in range(2):
        with session(server, driver) as one:
            assert accepted(one.put_many(MANY)) == KEYS
    assert server.device.asked.count(WRITE) == 100
    assert server.device.asked.count(UPLOAD) == 1


def test_the_switch_for_bulk_writes(server: Server) -> None:
    with session(server, bulk="no") as one:
        assert accepted(one.put_many(MANY)) == KEYS
    assert server.device.asked.count(UPLOAD) == 0


def test_over_capacity_the_terminal_says_no_to_all_and_each_gets_its_own_answer(server: Server) -> None:
    server.device.memory.capacity = 30
    with session(server) as one:
        told = list(one.put_many(MANY))
        assert accepted(told) == set(names(server)) == {str(n) for n in range(100, 130)}
        assert {answer.refusal for answer in told if answer.refusal} == {"The terminal's memory is full."}
        assert one.bulk


def test_a_person_who_is_refused_has_a_name(server: Server) -> None:
    server.device.faults.refused_users = {"107"}
    with session(server) as one:
        told = list(one.put_many(MANY))
    assert accepted(told) == set(names(server)) == KEYS - {"107"}
    assert [(answer.key, answer.code) for answer in told if answer.refusal] == [("107", "2001")]


def test_what_a_bulk_write_forgets_is_written_again(server: Server) -> None:
    server.device.faults.forgotten_users = {"107"}
    with session(server) as one:
        list(one.put_many(MANY))
        assert server.device.asked.count(WRITE) == 1
        assert not one.bulk


def test_a_cut_leaves_the_rest_unknown(server: Server) -> None:
    server.device.faults.cut_before = 14
    driver = ZktecoDriver()
    with pytest.raises(TerminalError) as caught, session(server, driver) as one:
        list(one.put_many(MANY))
    assert not caught.value.permanent
    assert names(server) == {}
    until(lambda: not server.device.session, "the terminal did not notice")
    with session(server, driver) as one:
        assert not one.bulk
        assert accepted(one.put_many(MANY)) == KEYS


def test_nobody_gets_hours_that_the_terminal_does_not_hold(server: Server) -> None:
    """A zone that nothing was written to is open at all times."""
    with session(server) as one:
        assert accepted(one.put_many([schedule(5, ("1", "08:00", "18:00"))])) == {"5"}
        told = list(one.put_many([user(1, schedules=["5"]), user(2, schedules=["5", "6"]), user(3, schedules=["99"])]))
    assert accepted(told) == set(names(server)) == {"1"}
    assert {answer.key: answer.code for answer in told if answer.refusal} == {"2": UNKNOWN_SCHEDULE, "3": ""}
    assert server.device.memory.people[1].zones == (5, 0, 0)


@pytest.mark.parametrize("people", [2, 20])
@pytest.mark.parametrize("settable", [True, False])
def test_a_terminal_that_drops_peoples_hours_keeps_nobody_without_them(server: Server, people: int, *, settable: bool) -> None:
    server.device.faults.ignores_zones = True
    server.device.faults.refused_commands = set() if settable else {24}
    with session(server) as one:
        assert accepted(one.put_many([always(5)])) == {"5"}
        told = list(one.put_many([user(n, schedules=["5"]) for n in range(1, people + 1)] + [user(99)]))
    assert accepted(told) == set(names(server))
    assert len(names(server)) == (people + 1 if settable else 1)
    assert {person.zones for person in server.device.memory.people.values() if person.user_id != "99"} <= {(5, 0, 0)}


def test_no_secret_is_in_a_refusal(server: Server) -> None:
    server.device.faults.refused_users = {"*"}
    with session(server) as one:
        told = list(one.put_many([user(1, card=987654, pin="4711"), user(2, pin="987654321"), user(3, card=2**32)]))
    assert accepted(told) == set()
    for answer in told:
        assert not any(secret in answer.refusal for secret in ("987654", "4711", str(2**32)))
