"""Whatever answers at the address: the driver ends in time, and nothing but a TerminalError escapes."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from doorsync.domain.door_events import LogPosition
from doorsync.domain.record import Kind
from doorsync.drivers.contract import ConnectionSettings, TerminalError
from doorsync.drivers.zkteco import protocol
from doorsync.drivers.zkteco.driver import ZktecoDriver, ZktecoSession
from doorsync.drivers.zkteco.protocol import Command, Packet, Reply
from doorsync.drivers.zkteco.simulator.device import Conversation, Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Person, Punch
from doorsync.drivers.zkteco.simulator.wire import Request
from tests.drivers.zkteco.terminals import schedule, user

ROUNDS = 150


class Rogue:
    """The emulator, some of whose answers are other than they should be."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.evil = self.dice.choice([0.01, 0.05, 0.2])
        people = {number: Person(number, str(number), b"Name", zone_flag=1, zones=(2, 0, 0)) for number in range(1, 60)}
        memory = Memory(people=people, numbers={str(number): number for number in people})
        memory.log = [Punch(number, str(number), 800_000_000) for number in range(1, 40)]
        self.talk = Conversation(Device(memory=memory))

    def answers(self, request: Packet) -> bytes:
        sound = self.talk.answers(Request(request.command, self.talk.session, request.number, request.data))
        return b"".join(self.frame(request, code, data) for code, data in sound)

    def frame(self, request: Packet, code: int, data: bytes) -> bytes:
        if self.dice.random() >= self.evil:
            return protocol.frame(Packet(code, self.talk.session, request.number, data))
        kind = self.dice.randrange(7)
        if kind == 0:
            return b""
        if kind == 1:
            return self.dice.randbytes(self.dice.randint(1, 40))
        if kind == 2:
            code = self.dice.choice([Reply.OK, Reply.ERROR, Reply.UNKNOWN, Command.DATA, Command.PREPARE_DATA, 4993])
        if kind == 3:
            data = data[: self.dice.randint(0, len(data))]
        if kind == 4:
            data += self.dice.randbytes(self.dice.randint(1, 80))
        if kind == 5:
            data = self.dice.randbytes(len(data))
        number = request.number if kind < 6 else self.dice.randint(0, 0xFFFF)
        return protocol.frame(Packet(code, self.talk.session, number, data))


@contextmanager
def answering(rogue: Rogue) -> Iterator[str]:
    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            rest = b""
            with connection:
                while data := connection.recv(65536):
                    requests, rest = protocol.split(rest + data)
                    for request in requests:
                        connection.sendall(rogue.answers(request))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    thread.join()


def use(session: ZktecoSession) -> None:
    session.about()
    list(session.read_all(Kind.USER))
    list(session.read_all(Kind.SCHEDULE))
    list(session.put_many([schedule(2, ("1", "08:00", "18:00"))]))
    list(session.put_many([user(number, schedules=["2"]) for number in range(1, 7)]))
    list(session.remove_many(Kind.USER, ["1"]))
    session.events(LogPosition(), 10)
    session.change_mark()
    session.erase()


@pytest.mark.parametrize("first", range(0, ROUNDS, 50))
def test_nothing_but_terminal_errors_escapes(first: int) -> None:
    ends = {"error": 0, "through": 0}
    for seed in range(first, first + 50):
        with answering(Rogue(seed)) as address:
            try:
                with ZktecoDriver().open(ConnectionSettings(address=address, options={"zones": "5"}), timeout=0.05) as session:
                    use(session)
                ends["through"] += 1
            except TerminalError:
                ends["error"] += 1
    assert min(ends.values()) > 0
