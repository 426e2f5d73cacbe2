"""The sockets of the emulated terminal: TCP only. Each program has a thread."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from doorsync.drivers.zkteco.simulator import wire
from doorsync.drivers.zkteco.simulator.device import Conversation, Device

RESET = struct.pack("ii", 1, 0)


class Server:
    """A terminal on a port of this machine."""

    def __init__(self, device: Device, host: str = "127.0.0.1", port: int = 0) -> None:
        self.device = device
        self.host, self.port = host, port
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self.host}:{self.port}"

    def start(self) -> None:
        """Listen, on the port it had before if there was one."""
        listener = socket.create_server((self.host, self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        """Be gone: nobody gets through, and who is connected is cut off."""
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._listener = None
        for connection in list(self._open):
            _cut(connection)
        self.device.session = 0

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        talk, buffer = Conversation(self.device), bytearray()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while not talk.over and (data := connection.recv(65536)):
                buffer += data
                for request in wire.requests(buffer):
                    self._answer(connection, talk, request)
        except (OSError, ConnectionError):
            pass
        finally:
            self.device.close_session(talk.session)
            self._open.discard(connection)
            connection.close()

    def _answer(self, connection: socket.socket, talk: Conversation, request: wire.Request) -> None:
        faults = self.device.faults
        before, after = faults.counts_down()
        if before:
            _cut(connection)
            raise ConnectionError
        if faults.delay:
            time.sleep(faults.delay)
        if faults.silent:
            return
        answers = talk.answers(request)
        if after:
            _cut(connection)
            raise ConnectionError
        if faults.garbled:
            connection.sendall(b"\0" * 64)
            return
        self._send(connection, [_framed(talk, request, each) for each in answers])

    def _send(self, connection: socket.socket, frames: list[bytes]) -> None:
        if not self.device.faults.apart:
            connection.sendall(b"".join(frames))
            return
        for frame in frames:
            connection.sendall(frame)
            time.sleep(self.device.faults.apart)


@contextmanager
def emulated(device: Device | None = None) -> Iterator[Server]:
    """A terminal that runs meanwhile."""
    server = Server(device or Device())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _framed(talk: Conversation, request: wire.Request, answer: tuple[int, bytes]) -> bytes:
    return wire.on_tcp(wire.answer(answer[0], talk.session, request.number, answer[1]))


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()
