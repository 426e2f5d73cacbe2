"""A session with a terminal: one request at a time, with a time limit and checked answers."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

from doorsync.domain.network_address import host_and_port
from doorsync.drivers.contract import SecretRefused, TerminalError
from doorsync.drivers.zkteco import protocol
from doorsync.drivers.zkteco.protocol import Command, Garbled, Packet, Reply
from doorsync.messages.terminal_codes import TerminalCode

PORT = 4370  # where an address names none
RESET = struct.pack("ii", 1, 0)  # linger: on, for no time
READY = b"SDKBuild=1\0"  # what the maker's programs say after connecting
SLOW = 6  # times the usual limit for what a terminal writes to its flash
NEWER = "This terminal wants the encrypted protocol of newer firmware, which this driver does not speak."


class Connection:
    """Connected and let in. Each answer must come within `timeout` seconds."""

    def __init__(self, address: str, comm_key: str, timeout: float) -> None:
        self._address = address
        self.timeout = timeout
        self._session, self._number = 0, -1
        self._packets: list[Packet] = []
        self._rest = b""
        self._lost = False
        try:
            self._socket = socket.create_connection(_parts(address), timeout)
        except OSError as error:
            raise TerminalError(
                TerminalCode.ADDRESS_SILENT(address=address, why=error.strerror or "timed out"), permanent=False
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._log_in(comm_key)
        except SecretRefused:
            self.close()  # the session is open, though nothing may be asked in it: the next one would find the terminal busy
            raise
        except BaseException:
            self._hang_up()
            raise

    def hurry(self, within: float) -> None:
        """The next answers must come within so many seconds, if that is sooner than its time limit."""
        self.timeout = min(self.timeout, within)

    def close(self) -> None:
        """End the session, so that the terminal takes the next one at once."""
        if not self._lost:
            with contextlib.suppress(TerminalError):
                self.ask(Command.EXIT)
        self._socket.close()

    def ask(self, command: int, data: bytes = b"", *, slow: bool = False) -> Packet:
        """The first answer to a request, whatever it says. Raises TerminalError when the terminal is lost."""
        if self._lost:
            raise self._gone()
        self._number = (self._number + 1) & 0xFFFF
        deadline = time.monotonic() + self.timeout * (SLOW if slow else 1)
        try:
            self._socket.settimeout(self.timeout)
            self._socket.sendall(protocol.frame(Packet(command, self._session, self._number, data)))
        except OSError as error:
            self._hang_up()
            raise self._gone() from error
        return self.next(deadline)

    def granted(self, command: int, data: bytes = b"", *, slow: bool = False) -> bytes:
        """The data of an answer that says yes. Raises TerminalError, permanent when the terminal said no."""
        answer = self.ask(command, data, slow=slow)
        if answer.command != Reply.OK:
            raise refused(answer)
        return answer.data

    def upload(self, data: bytes) -> None:
        """Send a large table into the terminal's buffer. Raises TerminalError, permanent when the terminal does not take it."""
        self.ask(Command.FREE_DATA)
        self.granted(Command.PREPARE_DATA, struct.pack("<I", len(data)))
        for start in range(0, len(data), protocol.WRITE_PIECE):
            self.granted(Command.DATA, data[start : start + protocol.WRITE_PIECE])

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Disable the terminal for the block, as its protocol wants for writes: nobody can enrol or come in meanwhile."""
        self.ask(Command.DISABLE)
        try:
            yield
        finally:
            with contextlib.suppress(TerminalError):
                self.ask(Command.ENABLE)

    def refresh(self) -> None:
        """Have the terminal apply what was written."""
        self.ask(Command.REFRESH, slow=True)

    def confused(self) -> TerminalError:
        """What to raise when an answer makes no sense; the conversation is over then."""
        self._hang_up()
        return TerminalError(TerminalCode.ADDRESS_GARBLED(address=self._address), permanent=False)

    def _log_in(self, comm_key: str) -> None:
        answer = self.ask(Command.CONNECT)
        self._session = answer.session
        if answer.command == Reply.UNAUTHORIZED:
            if not (comm_key.isascii() and comm_key.isdigit()):
                raise SecretRefused("The terminal asks for a comm key, which is a number, and none is set for it.")
            answer = self.ask(Command.AUTHENTICATE, protocol.scramble(int(comm_key), self._session))
            if answer.command == Reply.UNAUTHORIZED:
                raise SecretRefused("The terminal does not accept the comm key that is set for it.")
        if answer.command == Reply.ENCRYPTED:
            raise TerminalError(NEWER, permanent=True, code=str(answer.command))
        if answer.command != Reply.OK:
            code = str(answer.command)
            raise TerminalError(f"{self._address} does not begin; is another program talking to it?", permanent=False, code=code)
        self.ask(Command.WRITE_OPTION, READY)
        self.ask(Command.ENABLE)  # a program that died at work left it shut

    def next(self, deadline: float) -> Packet:
        """The next packet that belongs to the request, by this moment of the monotonic clock. Raises TerminalError."""
        try:
            while True:
                packet = self._receive(deadline)
                if packet.command != Command.EVENT:  # sent unasked, when somebody is at the door
                    break
        except Garbled as error:
            raise self.confused() from error
        except OSError as error:
            self._hang_up()
            raise self._gone() from error
        if packet.number != self._number:
            raise self.confused()
        return packet

    def _receive(self, deadline: float) -> Packet:
        while not self._packets:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            data = self._socket.recv(1 << 16)
            if not data:
                raise ConnectionResetError
            self._packets, self._rest = protocol.split(self._rest + data)
        return self._packets.pop(0)

    def _hang_up(self) -> None:
        """With a reset: a request that the system still tries to deliver must not arrive when its time is over."""
        self._lost = True
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._socket.close()

    def _gone(self) -> TerminalError:
        return TerminalError(TerminalCode.ADDRESS_LOST(address=self._address), permanent=False)


def refused(answer: Packet) -> TerminalError:
    """The error for a refusal; the meaning of refusal codes is not published."""
    return TerminalError(TerminalCode.REQUEST_REFUSED(), permanent=True, code=str(answer.command))


def _parts(address: str) -> tuple[str, int]:
    try:
        return host_and_port(address, PORT)
    except ValueError as error:
        raise TerminalError(
            TerminalCode.ADDRESS_MALFORMED(address=address, example="192.168.1.201:4370"), permanent=False
        ) from error
