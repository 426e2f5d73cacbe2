"""A websocket to Z-Wave JS's server, and questions about one node. Errors become TerminalError."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from doorsync.drivers.contract import TerminalError
from doorsync.drivers.zwave import protocol

T = TypeVar("T")
LARGEST = 8 * 2**20  # bytes of one message; a network of 200 nodes tells its state in some 3 MB
INVALID = "Argument_Invalid"  # the server's word for a place beyond the last
PERMANENT = frozenset({INVALID, "CC_NotSupported", "Node_NotFound"})


@contextmanager
def connected(address: str, timeout: float) -> Iterator[Connection]:
    """An open connection for the block. Raises TerminalError, also when it is lost at the end of the block."""
    where = understood(protocol.address_of, address)
    try:
        with connect(where.server, open_timeout=timeout, close_timeout=1, max_size=LARGEST, proxy=None) as socket:
            yield Connection(socket, where.node, timeout)
    except (OSError, ValueError, WebSocketException) as error:
        raise TerminalError("The Z-Wave JS server cannot be reached.", permanent=False) from error


class Connection:
    """One open websocket, at which one question about one node is asked at a time."""

    def __init__(self, socket: ClientConnection, node: int, timeout: float) -> None:
        self.node = node
        self._socket = socket
        self._timeout = timeout
        self._number = 0
        self.home = self._introduced()

    def ask(self, command: str, **content: Any) -> Any:
        """The result of a command for the node. Raises TerminalError."""
        return self._result(command, nodeId=self.node, **content)

    def control(self, command: str, **content: Any) -> Any:
        """The result of a command about the lock's users and credentials. Raises TerminalError."""
        return self.ask(protocol.CONTROL + command, endpoint=0, **content)

    def _introduced(self) -> int:
        version = self._received(time.monotonic() + self._timeout)
        schema = understood(protocol.schema_in, version)
        self._result("initialize", schemaVersion=schema, additionalUserAgentComponents={"doorsync": "1"})
        home = version.get("homeId")
        return home if isinstance(home, int) else 0

    def _result(self, command: str, **content: Any) -> Any:
        self._number += 1
        try:
            self._socket.send(protocol.request(self._number, command, **content))
        except (OSError, WebSocketException) as error:
            raise TerminalError("The Z-Wave JS server was lost.", permanent=False) from error
        limit = time.monotonic() + self._timeout
        while True:
            message = self._received(limit)
            if message.get("messageId") == str(self._number):
                return self._success(message)

    def _success(self, message: Any) -> Any:
        if message.get("success") is True:
            return message.get("result")
        code = str(message.get("zwaveErrorCodeName") or message.get("errorCode") or "")
        permanent = code in PERMANENT
        raise TerminalError(
            "The lock did not do it." if permanent else "The lock did not answer.", permanent=permanent, code=code[:40]
        )

    def _received(self, limit: float) -> Any:
        try:
            text = self._socket.recv(timeout=max(limit - time.monotonic(), 0.01))
        except TimeoutError as error:
            raise TerminalError("The lock did not answer in time.", permanent=False) from error
        except (OSError, WebSocketException) as error:
            raise TerminalError("The Z-Wave JS server was lost.", permanent=False) from error
        return understood(protocol.message_of, text)


def understood(read: Callable[..., T], *content: Any) -> T:
    """What a reader of the protocol makes of an answer. Raises TerminalError when it makes no sense."""
    try:
        return read(*content)
    except protocol.Malformed as error:
        text = str(error) or "The Z-Wave JS server gave an answer that makes no sense."
        raise TerminalError(text, permanent=False) from error
