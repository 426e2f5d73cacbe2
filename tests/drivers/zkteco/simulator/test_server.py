"""The emulator, spoken to with bare packets."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from doorsync.drivers.zkteco import protocol, rows
from doorsync.drivers.zkteco.protocol import Command, Packet, Reply
from doorsync.drivers.zkteco.rows import User
from doorsync.drivers.zkteco.simulator.device import Conversation, Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Punch
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from doorsync.drivers.zkteco.simulator.wire import Request


class Program:
    """Asks, and gets packets."""

    def __init__(self, server: Server) -> None:
        self.socket = socket.create_connection((server.host, server.port), 5)
        self.session, self.number, self.rest = 0, -1, b""

    def ask(self, command: int, data: bytes = b"", answers: int = 1) -> list[Packet]:
        self.number += 1
        self.socket.sendall(protocol.frame(Packet(command, self.session, self.number, data)))
        found: list[Packet] = []
        while len(found) < answers:
            came = self.socket.recv(65536)
            if not came:
                raise ConnectionResetError
            some, self.rest = protocol.split(self.rest + came)
            found += some
        return found

    def begin(self) -> int:
        (answer,) = self.ask(Command.CONNECT)
        self.session = answer.session
        return answer.command

    def said(self, command: int, data: bytes = b"") -> int:
        return self.ask(command, data)[0].command


@pytest.fixture
def server() -> Iterator[Server]:
    with emulated(Device(memory=Memory(capacity=3))) as running:
        yield running


@pytest.fixture
def program(server: Server) -> Iterator[Program]:
    one = Program(server)
    assert one.begin() == Reply.OK
    yield one
    one.socket.close()


def begun(server: Server) -> Program:
    """A program that waited until the terminal had noticed the end of the one before."""
    program = Program(server)
    while program.begin() != Reply.OK:
        program.socket.close()
        program = Program(server)
    return program


def user(number: int) -> bytes:
    return rows.pack_user(User(slot=number, user_id=str(1000 + number), name=b"N"), 72)


def test_it_talks_to_one_program_at_a_time(server: Server, program: Program) -> None:
    second = Program(server)
    assert second.begin() == Reply.ERROR
    second.socket.close()
    assert program.said(Command.EXIT) == Reply.OK
    begun(server).socket.close()


def test_whoever_is_told_that_a_session_has_ended_may_begin_another(server: Server, program: Program) -> None:
    assert program.said(Command.EXIT) == Reply.OK
    program = Program(server)
    assert program.begin() == Reply.OK
    answers = Conversation(server.device, session=program.session).answers(Request(Command.EXIT, program.session, 1, b""))
    assert (answers, server.device.session) == ([(Reply.OK, b"")], 0), "it ends before the answer goes out"
    program.socket.close()


def test_without_the_comm_key_it_tells_nothing(server: Server) -> None:
    server.device.comm_key = 8421
    program = Program(server)
    assert program.begin() == Reply.UNAUTHORIZED
    assert program.said(Command.COUNTS) == Reply.UNAUTHORIZED
    assert program.said(Command.AUTHENTICATE, protocol.scramble(8422, program.session)) == Reply.UNAUTHORIZED
    assert program.said(Command.AUTHENTICATE, protocol.scramble(8421, program.session, tick=77)) == Reply.OK
    assert program.said(Command.COUNTS) == Reply.OK
    program.socket.close()


def test_a_full_memory_refuses_one_more_and_takes_a_replacement(server: Server, program: Program) -> None:
    assert [program.said(Command.WRITE_USER, user(number)) for number in (1, 2, 3, 4, 2)] == [2000, 2000, 2000, 2001, 2000]
    assert sorted(server.device.memory.people) == [1, 2, 3]
    assert program.said(Command.DELETE_USER, b"\x02\x00") == Reply.OK
    assert program.said(Command.DELETE_USER, b"\x02\x00") not in (Reply.OK, Reply.ERROR)


def test_an_upload_over_its_capacity_says_no_and_holds_what_fitted(server: Server, program: Program) -> None:
    sent = rows.upload([rows.unpack_user(user(number)) for number in range(1, 6)], 72)
    assert program.said(Command.PREPARE_DATA, struct.pack("<I", len(sent))) == Reply.OK
    assert program.said(Command.DATA, sent) == Reply.OK
    assert server.device.memory.people == {}
    assert program.said(Command.SAVE_UPLOAD, struct.pack("<IHH", 12, 0, 8)) == Reply.ERROR
    assert sorted(server.device.memory.people) == [1, 2, 3]


@pytest.mark.parametrize("packet", [0, 100])
def test_a_large_table_comes_in_pieces(server: Server, program: Program, packet: int) -> None:
    server.device.faults.packet = packet
    server.device.memory.log = [Punch(1, "1001", 800_000_000 + number) for number in range(30)]
    (size,) = program.ask(Command.PREPARE_READ, struct.pack("<bhii", 1, Command.READ_LOG, 0, 0))
    assert struct.unpack("<BII4x", size.data) == (0, 1204, 1204)
    *data, end = program.ask(Command.READ_PIECE, struct.pack("<ii", 0, 1204), answers=15 if packet else 3)
    assert (data[0].command, end.command) == (Command.PREPARE_DATA, Reply.OK)
    table = rows.table(b"".join(each.data for each in data[1:]))
    assert [row.user_id for row in rows.log_rows(table, 40)] == ["1001"] * 30


def test_a_cut_before_and_a_cut_after(server: Server, program: Program) -> None:
    server.device.faults.cut_before = 2
    assert program.said(Command.WRITE_USER, user(1)) == Reply.OK
    with pytest.raises(ConnectionError):
        program.ask(Command.WRITE_USER, user(2))
    again = begun(server)
    server.device.faults.cut_after = 1
    with pytest.raises(ConnectionError):
        again.ask(Command.WRITE_USER, user(3))
    assert sorted(server.device.memory.people) == [1, 3]
    again.socket.close()


def test_it_forgets_refuses_and_lies(server: Server, program: Program) -> None:
    faults = server.device.faults
    faults.forgotten_users, faults.refused_users, faults.renames = {"1001"}, {"1002"}, b"Liar"
    assert [program.said(Command.WRITE_USER, user(number)) for number in (1, 2, 3)] == [2000, 2001, 2000]
    assert {person.user_id: person.name for person in server.device.memory.people.values()} == {"1003": b"Liar"}


def test_a_program_that_dies_leaves_it_at_working(server: Server, program: Program) -> None:
    assert program.said(Command.DISABLE) == Reply.OK
    program.socket.close()
    again = begun(server)
    assert server.device.busy
    assert again.said(Command.EXIT) == Reply.OK
    assert not server.device.busy
    again.socket.close()
