"""One connection through the fault proxy, and what its fault does to it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress

from tests.factories.wire_faults import Fault, Way

PIECE = 65536
STOPS = ("cut", "reset", "stall")
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a RST and throws away what is on the way


class _Broken(Exception):
    """The connection is over."""


class Link:
    """One connection through the proxy."""

    def __init__(self, client: socket.socket, target: int, fault: Fault, *, struck: Callable[[], None]) -> None:
        """`struck` is called when the fault does something, once for each fault."""
        self._port, self._tell = target, struck
        self._loop = asyncio.get_running_loop()
        self._client, self._target = client, _socket()
        self._client.setblocking(False)
        self._second: socket.socket | None = None
        self._fault, self._struck = fault, False
        self._passed: dict[Way, int] = {"there": 0, "back": 0}
        self._change = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until both ends have hung up, or a fault ends it."""
        try:
            await self._loop.sock_connect(self._target, ("127.0.0.1", self._port))
            self._begin(self._pump(self._client, self._target, "there"))
            self._begin(self._pump(self._target, self._client, "back"))
            self.suffer(self._fault)
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        except OSError:
            pass  # the target is away: so is the client, now
        finally:
            try:
                await end_all(self._tasks)
            finally:
                self._hang_up()

    def suffer(self, fault: Fault) -> None:
        """Another fault from now on. One that lets nothing pass ends a connection even when nobody says anything."""
        self._fault, self._struck, self._passed = fault, False, {"there": 0, "back": 0}
        self._change.set()
        self._change = asyncio.Event()
        if fault.kind in ("cut", "reset") and not fault.after:
            self._strike()
            for task in self._tasks:
                task.cancel()

    def _hang_up(self) -> None:
        for end in (self._client, self._target, *([self._second] if self._second else [])):
            if self._fault.kind == "reset":
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.close()

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.add(self._loop.create_task(work))

    def _strike(self) -> None:
        """Count a connection once, however long the fault lasts."""
        if not self._struck:
            self._struck = True
            self._tell()

    async def _pump(self, source: socket.socket, sink: socket.socket, way: Way) -> None:
        while data := await self._loop.sock_recv(source, PIECE):
            while data:
                data = data[await self._hand_on(source, sink, way, data) :]
        await self._let_through(source, way)
        for end in (sink, self._second if way == "there" else None):
            with suppress(OSError):
                if end:
                    end.shutdown(socket.SHUT_WR)

    async def _hand_on(self, source: socket.socket, sink: socket.socket, way: Way, data: bytes) -> int:
        """Send as much of it as may pass now; returns how much that was."""
        await self._let_through(source, way)
        fault = self._fault
        if fault.kind == "slow":
            data = data[: fault.pace]
            self._strike()
            await asyncio.sleep(fault.pause)
        elif fault.kind in STOPS and way == fault.way:
            data = data[: fault.after - self._passed[way]]
        await self._loop.sock_sendall(sink, data)
        self._passed[way] += len(data)
        if fault.kind == "duplicate" and way == "there":
            await self._again(data)
        return len(data)

    async def _let_through(self, source: socket.socket, way: Way) -> None:
        """Return when something may pass. Raises _Broken when the fault, or the sender meanwhile, ends the connection."""
        while self._stopped(way):
            self._strike()
            if self._fault.kind != "stall":
                raise _Broken
            await self._change.wait()
        if source.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise _Broken  # it was reset while we held its bytes: a real wire would not have had them to deliver

    def _stopped(self, way: Way) -> bool:
        fault = self._fault
        return fault.kind in STOPS and fault.way == way and self._passed[way] >= fault.after

    async def _again(self, data: bytes) -> None:
        self._strike()
        with suppress(OSError):  # the target need not like it
            if self._second is None:
                self._second = _socket()
                await self._loop.sock_connect(self._second, ("127.0.0.1", self._port))
                self._begin(_throw_away(self._second))
            await self._loop.sock_sendall(self._second, data)


async def _throw_away(source: socket.socket) -> None:
    with suppress(OSError):
        while await asyncio.get_running_loop().sock_recv(source, PIECE):
            pass


async def end_all(tasks: Collection[asyncio.Task[None]]) -> None:
    others = [task for task in tasks if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
