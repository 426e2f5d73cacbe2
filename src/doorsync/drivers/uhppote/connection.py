"""Calls of one controller through the library `uhppoted`: asked up to three times, or once; errors become TerminalError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from uhppoted import errors, uhppote

from doorsync.domain.network_address import host_and_port
from doorsync.drivers.contract import TerminalError

T = TypeVar("T")
TRIES = 3  # a datagram may get lost, and every request but one may be made twice
PORT = 60000


class Connection:
    """One controller, which is asked for its serial number first."""

    def __init__(self, address: str, transport: str, timeout: float) -> None:
        self._client: Any = uhppote.Uhppote()
        host = _host_and_port(address)
        self._timeout = max(timeout / TRIES, 0.1)
        self._controller: tuple[int, str, str] = (0, host, transport)
        self.description: Any = self.ask(self._client.get_controller)
        self._controller = (self.description.controller, host, transport)

    @property
    def client(self) -> Any:
        """The library's client; its methods go to `ask`."""
        return self._client

    def ask(self, call: Callable[..., T], *values: Any) -> T:
        """What the controller answers. Raises TerminalError when it does not, or answers nonsense."""
        for _ in range(TRIES - 1):
            try:
                return self._asked(call, values, self._timeout)
            except TimeoutError:
                continue
        return self.ask_once(call, *values, within=self._timeout)

    def ask_once(self, call: Callable[..., T], *values: Any, within: float) -> T:
        """What the controller answers to a request that must not be made twice. Raises TerminalError."""
        try:
            return self._asked(call, values, within)
        except TimeoutError as error:
            raise TerminalError("The controller does not answer.", permanent=False) from error

    def _asked(self, call: Callable[..., T], values: tuple[Any, ...], within: float) -> T:
        try:
            return call(self._controller, *values, timeout=within)
        except TimeoutError:
            raise
        except OSError as error:
            raise TerminalError("The controller cannot be reached.", permanent=False) from error
        except (ValueError, errors.InvalidResponse) as error:
            raise TerminalError("The controller gave an answer that makes no sense.", permanent=False) from error


def _host_and_port(address: str) -> str:
    """Host and port of an address; checked here, because the library broadcasts to an address that it cannot read."""
    try:
        host, port = host_and_port(address, PORT)
    except ValueError:
        host, port = "", 0
    if not host or ":" in host:  # it has no IPv6
        raise TerminalError("Not an address of a controller: write HOST or HOST:PORT.", permanent=False)
    return f"{host}:{port}"
