"""The fault proxy does what it says, and nothing else: tests that stand on it would otherwise show nothing."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from tests.factories.fault_proxy import FaultProxy, fault_proxy
from tests.factories.patience import PATIENCE
from tests.factories.stack import until
from tests.factories.wire_faults import cut, duplicate, limit_data, reset, slow, stall


class Echo(socketserver.BaseRequestHandler):
    """Sends back what comes, and remembers it, connection by connection."""

    heard: ClassVar[list[bytearray]] = []

    def handle(self) -> None:
        mine = bytearray()
        self.heard.append(mine)
        try:
            while data := self.request.recv(1000):
                mine += data
                self.request.sendall(data)
        except OSError:
            return


@pytest.fixture
def wire() -> Iterator[FaultProxy]:
    Echo.heard.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        with fault_proxy(server.server_address[1]) as proxy:
            yield proxy
        server.shutdown()
        thread.join(PATIENCE)


def dial(wire: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", wire.port), 5)


def answer(line: socket.socket, length: int) -> bytes:
    """What comes back: so many bytes, or less when the line ends."""
    read = b""
    while len(read) < length and (data := line.recv(length - len(read))):
        read += data
    return read


def test_wire_without_faults_carries_everything(wire: FaultProxy) -> None:
    with dial(wire) as line:
        line.sendall(b"x" * 300_000)
        line.shutdown(socket.SHUT_WR)
        assert answer(line, 400_000) == b"x" * 300_000
    assert wire.strikes == 0


def test_cut_ends_lines_that_stand_and_new_ones(wire: FaultProxy) -> None:
    with dial(wire) as old:
        old.sendall(b"one")
        assert answer(old, 3) == b"one"
        wire.do(cut())
        assert old.recv(1) == b""
    with dial(wire) as new:
        assert new.recv(1) == b""
    assert wire.strikes == 2


def test_limit_back_lets_just_so_much_pass(wire: FaultProxy) -> None:
    wire.do(limit_data(5, "back"))
    with dial(wire) as line:
        line.sendall(b"123456789")
        assert answer(line, 9) == b"12345"
    assert Echo.heard == [b"123456789"]


def test_limit_there_lets_just_so_much_pass(wire: FaultProxy) -> None:
    wire.do(limit_data(5, "there"))
    with dial(wire) as line:
        line.sendall(b"123456789")
        assert b"12345".startswith(answer(line, 9))
    until(lambda: Echo.heard == [b"12345"], "its first part arriving")


def test_reset_is_told_from_an_end_in_order(wire: FaultProxy) -> None:
    wire.do(reset(1))
    with dial(wire) as line:
        line.sendall(b"123")
        with pytest.raises(ConnectionResetError):
            answer(line, 3)


def test_stalled_bytes_arrive_later_even_when_their_sender_has_gone(wire: FaultProxy) -> None:
    wire.do(stall(2))
    with dial(wire) as line:
        line.sendall(b"1234")
        assert answer(line, 2) == b"12"
        until(lambda: wire.strikes, "the stall")
        wire.heal(standing=False)
        with dial(wire) as other:
            other.sendall(b"new")
            assert answer(other, 3) == b"new"
    assert b"12" in Echo.heard
    wire.heal()
    until(lambda: b"1234" in Echo.heard, "the rest arriving")


def test_stalled_bytes_of_a_sender_who_reset_never_arrive(wire: FaultProxy) -> None:
    wire.do(stall(2))
    with dial(wire) as line:
        line.sendall(b"1234")
        assert answer(line, 2) == b"12"
        until(lambda: wire.strikes, "the stall")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.heal()
    until(lambda: not wire.links, "the line ending")
    assert Echo.heard == [b"12"]


def test_slow_wire_loses_nothing(wire: FaultProxy) -> None:
    wire.do(slow(pace=3, pause=0.001))
    with dial(wire) as line:
        line.sendall(b"0123456789")
        assert answer(line, 10) == b"0123456789"
    assert wire.strikes == 1


def test_duplicate_says_it_twice_and_answers_once(wire: FaultProxy) -> None:
    wire.do(duplicate())
    with dial(wire) as line:
        line.sendall(b"hello")
        assert answer(line, 5) == b"hello"
        until(lambda: Echo.heard == [b"hello", b"hello"], "the same on a second line")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""
