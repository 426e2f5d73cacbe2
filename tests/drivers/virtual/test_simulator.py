"""The virtual terminal as its neighbours see it: a process, a port, a file of memory, and what it is told to do wrong."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import ConnectionSettings, TerminalError
from doorsync.drivers.virtual import faults, protocol, simulator
from doorsync.drivers.virtual.driver import VirtualDriver, VirtualSession
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, by_key, listens, put, remove, until, virtual_terminal

ALICE = Record(kind=Kind.USER, key="1", fields={"name": "Alice", "cards": ["200"], "pin": "1234", "schedules": [], "until": ""})


def user(number: int) -> Record:
    return replace(ALICE, key=f"{number:04}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[VirtualTerminal]:
    with virtual_terminal(tmp_path / "gate", capacity=1200) as terminal:
        yield terminal


@pytest.fixture
def session(terminal: VirtualTerminal) -> Iterator[VirtualSession]:
    with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
        yield session


def put_all(session: VirtualSession, count: int) -> None:
    for number in range(count):
        put(session, user(number))


def talk(terminal: VirtualTerminal, *lines: bytes) -> list[bytes]:
    """Send everything at once, then read one answer for each line."""
    host, port = terminal.address.split(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall(b"".join(lines))
        answers = connection.makefile("rb")
        return [answers.readline() for _ in lines]


def test_memory_port_and_abilities_outlive_a_restart(terminal: VirtualTerminal) -> None:
    with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
        put(session, ALICE)
    address = terminal.address
    assert terminal.stop() == 0
    terminal.start()
    assert terminal.address == address
    with VirtualDriver().open(ConnectionSettings(address=address), timeout=PATIENCE) as session:
        assert by_key(session.read_all(Kind.USER)) == {"1": ALICE}
        assert session.about().can.capacity == 1200


def test_what_was_answered_survives_a_kill(terminal: VirtualTerminal, session: VirtualSession) -> None:
    put_all(session, 50)
    terminal.stop(signal.SIGKILL)
    assert len(terminal.users()) == 50


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to_stop_even_in_a_conversation(
    terminal: VirtualTerminal, session: VirtualSession, number: int
) -> None:
    put(session, ALICE)
    assert terminal.stop(number) == 0


def test_requests_may_be_sent_before_the_first_answer(terminal: VirtualTerminal) -> None:
    puts = [
        protocol.encode({"id": number, "do": "put", "kind": "user", "entry": {"key": f"{number}", **ALICE.fields}})
        for number in range(200)
    ]
    answers = [protocol.decode(line) for line in talk(terminal, *puts)]
    assert answers == [{"id": number, "ok": True} for number in range(200)]
    assert len(terminal.users()) == 200


def test_a_memory_of_several_pages_is_read_whole(terminal: VirtualTerminal, session: VirtualSession) -> None:
    put_all(session, 550)
    assert by_key(session.read_all(Kind.USER)) == {f"{number:04}": user(number) for number in range(550)}
    assert len(by_key(session.read(Kind.USER, [f"{number:04}" for number in range(550)]))) == 550


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"do": "open-the-door"},
        {"do": ["put"]},
        {"do": "put"},
        {"do": "put", "kind": "user", "entry": {"key": "1"}},
        {"do": "put", "kind": "user; DROP TABLE user", "entry": {"key": "1", **ALICE.fields}},
        {"do": "remove", "kind": "user"},
        {"do": "get", "kind": "user", "keys": "1"},
        {"do": "get", "kind": "user", "keys": ["1"] * 501},
        {"do": "list", "kind": "user", "after": 1},
        {"do": "list", "kind": "users"},
    ],
)
def test_malformed_requests_are_denied_and_the_conversation_goes_on(
    terminal: VirtualTerminal, request_: dict[str, object]
) -> None:
    first, second = talk(terminal, protocol.encode({"id": 1, **request_}), protocol.encode({"id": 2, "do": "about"}))
    assert protocol.decode(first) == {"id": 1, "ok": False, "error": "malformed"}
    assert protocol.decode(second)["ok"] is True


def test_a_line_that_is_no_request_is_denied_with_the_id_0(terminal: VirtualTerminal) -> None:
    assert [protocol.decode(line) for line in talk(terminal, b"GET / HTTP/1.1\n")] == [
        {"id": 0, "ok": False, "error": "malformed"}
    ]


def test_a_line_without_end_is_hung_up_on(terminal: VirtualTerminal) -> None:
    host, port = terminal.address.split(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        try:
            connection.sendall(b"x" * (protocol.MAX_LINE + 100_000))
            assert connection.recv(1) == b""
        except (ConnectionResetError, BrokenPipeError):
            pass
    with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
        assert by_key(session.read_all(Kind.USER)) == {}


def test_a_user_with_an_unknown_schedule_is_refused_and_a_schedule_in_use_may_go(session: VirtualSession) -> None:
    schedule = Record(kind=Kind.SCHEDULE, key="9", fields={"name": "Nights", "slots": []})
    at_night = replace(ALICE, fields={**ALICE.fields, "schedules": ["9"]})
    with pytest.raises(TerminalError, match="does not know") as caught:
        put(session, at_night)
    assert caught.value.permanent
    put(session, schedule)
    put(session, at_night)
    remove(session, Kind.SCHEDULE, "9")
    assert by_key(session.read(Kind.USER, ["1"])) == {"1": at_night}


def test_hidden_fields_are_stored_and_not_shown(tmp_path: Path) -> None:
    with virtual_terminal(tmp_path, readable=["name", "schedules"]) as terminal:
        with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
            assert session.about().can.readable == ("name", "schedules")
            put(session, ALICE)
            assert by_key(session.read_all(Kind.USER))["1"].fields == {"name": "Alice", "schedules": []}
        assert terminal.users()["1"]["pin"] == "1234"


@pytest.mark.parametrize(("name", "value", "free"), [("card", "200", {"cards": ["201"]}), ("pin", "1234", {"pin": "4321"})])
def test_a_card_or_pin_that_can_be_held_once_is_refused_to_a_second_person(
    tmp_path: Path, name: str, value: str, free: dict[str, Any]
) -> None:
    once, second = {f"{name}_once": True}, user(2)
    with virtual_terminal(tmp_path, **once) as terminal, VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
        put(session, ALICE)
        with pytest.raises(TerminalError, match="Somebody else") as caught:
            put(session, second)
        assert (caught.value.permanent, caught.value.code) == (True, f"{name}-in-use")
        assert value not in str(caught.value)
        put(session, ALICE)  # the same person again
        put(session, replace(second, fields={**second.fields, **free}))
        remove(session, Kind.USER, "1")
        put(session, second)


def test_the_clock_is_as_wrong_as_it_is_told(terminal: VirtualTerminal) -> None:
    terminal.tell(clock_off=-(10**8))
    with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
        told = datetime.fromisoformat(session.about().clock)
    assert timedelta(seconds=10**8 - 5) < datetime.now() - told < timedelta(seconds=10**8 + 600)  # noqa: DTZ005 - a wall clock


def test_full_takes_nobody_new(terminal: VirtualTerminal, session: VirtualSession) -> None:
    put(session, ALICE)
    terminal.tell(full=True)
    with pytest.raises(TerminalError, match="full"):
        put(session, user(2))
    put(session, ALICE)


def test_gone_ends_conversations_and_refuses_new_ones_until_it_is_back(
    terminal: VirtualTerminal, session: VirtualSession
) -> None:
    faults.tell(terminal.folder, gone=True)
    with pytest.raises(TerminalError):
        put(session, ALICE)
    until(lambda: not listens(terminal.folder), "it still listens")
    faults.clear(terminal.folder)
    until(lambda: listens(terminal.folder), "it did not come back")
    assert terminal.users() == {}


def test_slow_answers_late(terminal: VirtualTerminal, session: VirtualSession) -> None:
    terminal.tell(delay=0.2)
    before = time.monotonic()
    put(session, ALICE)
    assert time.monotonic() - before >= 0.2


@pytest.mark.parametrize(("lie", "names"), [("drop", []), ("rename", ["Somebody else"])])
def test_lying_answers_ok_and_stores_something_else(
    terminal: VirtualTerminal, session: VirtualSession, lie: str, names: list[str]
) -> None:
    terminal.tell(lie=lie)
    put(session, ALICE)
    assert [each["name"] for each in terminal.users().values()] == names
    assert [each.fields["name"] for each in by_key(session.read_all(Kind.USER)).values()] == names


def test_lying_about_a_removal_keeps_the_user(terminal: VirtualTerminal, session: VirtualSession) -> None:
    put(session, ALICE)
    terminal.tell(lie="drop")
    remove(session, Kind.USER, "1")
    session.erase()
    assert set(terminal.users()) == {"1"}


def test_forgetful_loses_users(terminal: VirtualTerminal, session: VirtualSession) -> None:
    put_all(session, 10)
    terminal.tell(forget_every=3)
    for _ in range(9):
        list(session.read(Kind.USER, ["0001"]))
    until(lambda: len(terminal.users()) in (7, 8), "it forgot nobody")  # counting began with the conversation


@pytest.mark.parametrize(("every", "after", "left"), [(1, 5, 4), (3, 5, 3), (10, 7, 0)])
def test_a_power_cut_loses_what_was_not_flushed(
    terminal: VirtualTerminal, session: VirtualSession, every: int, after: int, left: int
) -> None:
    terminal.tell(flush_every=every, power_cut_after=after)
    with pytest.raises(TerminalError):
        put_all(session, 20)
    assert terminal.wait_for_end() == simulator.POWER_CUT
    assert len(terminal.users()) == left


def test_a_second_terminal_in_one_folder_is_refused(terminal: VirtualTerminal) -> None:
    second = VirtualTerminal(terminal.folder)
    with pytest.raises(AssertionError):
        second.start()
    assert second.stop() == 1


def test_a_port_in_use_is_said_so_and_its_old_one_taken_by_others_costs_only_the_number(terminal: VirtualTerminal) -> None:
    address = terminal.address
    terminal.stop()
    with socket.create_server(("127.0.0.1", int(address.split(":")[1]))):
        terminal.start()
        assert terminal.address != address
        with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
            assert by_key(session.read_all(Kind.USER)) == {}


def test_a_request_to_open_that_was_given_up_does_not_open_later(terminal: VirtualTerminal) -> None:
    opened = VirtualDriver().open(terminal.settings, timeout=PATIENCE)
    with opened as session, terminal.frozen(), pytest.raises(TerminalError) as caught:
        session.open_door(1, within=0.3)
    assert not caught.value.permanent
    with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
        assert terminal.opened() == []
        session.open_door(1, within=PATIENCE)
    assert terminal.opened() == [1]
