"""A conversation with a virtual terminal: requests with a time limit, answers that are believed only when they make sense."""

from __future__ import annotations

import socket
import struct
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from doorsync.domain.network_address import host_and_port
from doorsync.drivers.contract import UNKNOWN_SCHEDULE, SecretRefused, TerminalError
from doorsync.drivers.virtual import protocol
from doorsync.messages.terminal_codes import TerminalCode

AT_ONCE = 100  # requests on their way
PORT = 4370  # where an address names none
RESET = struct.pack("ii", 1, 0)  # linger: on, for no time
REASONS = {
    "full": "The terminal's memory is full.",
    "too-long": "A name, PIN or card is longer than the terminal takes.",
    "too-many-cards": "More cards than the terminal takes for one person.",
    "too-many-schedules": "More time schedules than the terminal takes for one person.",
    UNKNOWN_SCHEDULE: "The terminal does not know one of the time schedules.",
    "unsupported": "The terminal cannot hold an expiry.",
    "card-in-use": "Somebody else at this terminal has the card, and it takes a card once.",
    "pin-in-use": "Somebody else at this terminal has the PIN, and it takes a PIN once.",
    "no-such-door": "The terminal has no such door, or does not open it when it is told to.",
    "locked": "The terminal does not accept the secret.",
    "malformed": "The terminal did not understand the entry.",
}


class Connection:
    """Requests, and their answers in the same order; the next answer must come within `timeout` seconds."""

    def __init__(self, address: str, timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._rest = b""
        self._number = 0
        try:
            self._socket = socket.create_connection(_parts(address), timeout)
        except OSError as error:
            raise TerminalError(
                TerminalCode.ADDRESS_SILENT(address=address, why=error.strerror or "timed out"), permanent=False
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def hurry(self, within: float) -> None:
        """The next answers must come within so many seconds, if that is sooner than its time limit."""
        self._timeout = min(self._timeout, within)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, do: str, **content: Any) -> dict[str, Any]:
        """The answer to a request. Raises TerminalError, permanent when the terminal said no."""
        with self._giving_up():
            (number,) = self._send([{"do": do, **content}])
            answer = self._next_answer(number)
        if code := self._refusal_in(answer):
            if code == "locked":
                raise SecretRefused(REASONS[code])
            raise TerminalError(REASONS[code], permanent=True, code=code)
        return answer

    def ask_many(self, do: str, contents: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """For each request, in their order, the code with which the terminal refused it, or "". Raises TerminalError.

        Several are on their way at once. Whoever closes the iterator waits for the answers to those that were sent.
        """
        rest = list(contents)
        under_way: deque[int] = deque()
        try:
            while rest or under_way:
                with self._giving_up():
                    if len(under_way) <= AT_ONCE // 2:
                        some, rest = rest[: AT_ONCE - len(under_way)], rest[AT_ONCE - len(under_way) :]
                        under_way.extend(self._send([{"do": do, **content} for content in some]))
                    code = self._refusal_in(self._next_answer(under_way.popleft()))
                yield code
        except GeneratorExit:
            with self._giving_up():
                for number in under_way:
                    self._refusal_in(self._next_answer(number))
            raise

    def confused(self) -> TerminalError:
        """What to raise when an answer makes no sense. Nothing that was asked and not answered is done any more."""
        self._take_back()
        return TerminalError(TerminalCode.ADDRESS_GARBLED(address=self._address), permanent=False)

    def _take_back(self) -> None:
        """Hang up at once, with a reset: what was not read yet must not be carried out when its time is over."""
        with suppress(OSError):  # it was taken back before
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._socket.close()

    @contextmanager
    def _giving_up(self) -> Iterator[None]:
        """Turn what goes wrong into a TerminalError, and see to it that nothing of what was asked arrives later."""
        try:
            yield
        except protocol.Garbled as error:
            raise self.confused() from error
        except OSError as error:
            self._take_back()
            raise TerminalError(TerminalCode.ADDRESS_LOST(address=self._address), permanent=False) from error

    def _send(self, requests: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """Send requests, and return their numbers."""
        self._socket.settimeout(self._timeout)
        numbers = range(self._number + 1, self._number + 1 + len(requests))
        self._number += len(requests)
        self._socket.sendall(b"".join(protocol.encode({"id": n, **each}) for n, each in zip(numbers, requests, strict=True)))
        return numbers

    def _next_answer(self, number: int) -> dict[str, Any]:
        answer = protocol.decode(self._line(time.monotonic() + self._timeout))
        if answer["id"] != number:
            raise self.confused()
        return answer

    def _refusal_in(self, answer: dict[str, Any]) -> str:
        if answer.get("ok") is True:
            return ""
        code = answer.get("error")
        if code not in REASONS:
            raise self.confused()
        return str(code)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionResetError
            self._rest += data
            protocol.split(self._rest)
        line, _, self._rest = self._rest.partition(b"\n")
        return line


def _parts(address: str) -> tuple[str, int]:
    try:
        return host_and_port(address, PORT)
    except ValueError as error:
        raise TerminalError(
            TerminalCode.ADDRESS_MALFORMED(address=address, example="192.168.1.20:4370"), permanent=False
        ) from error
