"""The virtual terminal as a process: it listens on a port, and its folder holds all that it knows.

It knows no digests and shares nothing with the driver but the protocol.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual import abilities, files, lock, protocol, serial_number
from doorsync.drivers.virtual.device import Device
from doorsync.drivers.virtual.errors import VirtualTerminalError

PORT = "port"
LOOK = 0.05  # seconds between looks at whether it should be gone
POWER_CUT = 70  # the exit code, so that nobody takes it for an accident


class PortTaken(VirtualTerminalError):
    """The port is in use."""


def run(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    can: dict[str, Any],
    serial: str | None = None,
    secret: str | None = None,
    started: Callable[[str, int], None],
) -> None:
    """Run until SIGTERM or SIGINT. `started` is told where it listens. Raises FolderInUse, BadAbility, BadSerial or PortTaken."""
    folder.mkdir(parents=True, exist_ok=True)
    with files.hold(folder):
        settled = abilities.settle(folder, can)
        serial_number.settle(folder, serial)
        if secret is not None:
            lock.set_secret(folder, secret)
        machine = Device(folder, settled, power_cut=lambda: os._exit(POWER_CUT))
        with closing(machine.memory):
            asyncio.run(Simulator(folder, machine).serve(host, port, started))


class Simulator:
    """The sockets around a machine."""

    def __init__(self, folder: Path, machine: Device) -> None:
        self._folder = folder
        self._machine = machine
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._unlocked: set[asyncio.StreamWriter] = set()

    async def serve(self, host: str, port: int, started: Callable[[str, int], None]) -> None:
        """Listen until told to stop; while it is gone, nobody gets through."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        bound = await self._first_listen(host, port)
        files.write(self._folder / PORT, f"{bound}\n")
        started(host, bound)
        while not stop.is_set():
            await self._be_there_or_gone(host, bound)
            await _wait(stop, LOOK)
        self._hang_up()

    async def _first_listen(self, host: str, port: int) -> int:
        """The port that was asked for, or else the one it had before, or else a free one."""
        for wished in [port] if port else [*_kept_port(self._folder), 0]:
            try:
                return await self._listen(host, wished)
            except OSError as error:
                if wished == port:
                    raise PortTaken(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error
        raise PortTaken

    async def _listen(self, host: str, port: int) -> int:
        self._server = await asyncio.start_server(self._converse, host, port, limit=protocol.MAX_LINE)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def _be_there_or_gone(self, host: str, port: int) -> None:
        gone = self._machine.watch.now().gone
        if gone and self._server:
            self._hang_up()
        elif not gone and not self._server:
            try:
                await self._listen(host, port)
            except OSError:
                return  # somebody else has the port for now: as good as gone

    def _hang_up(self) -> None:
        if self._server:
            self._server.close()
        self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        if not self._machine.is_locked:
            self._unlocked.add(writer)
        try:
            await self._answer_all(reader, writer)
        except (protocol.Garbled, OSError):
            pass  # whoever speaks otherwise is hung up on
        finally:
            self._open.discard(writer)
            self._unlocked.discard(writer)
            writer.transport.abort() if self._machine.watch.now().gone else writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        while data := await reader.read(65536):
            lines, rest = protocol.split(rest + data)
            slow = self._machine.watch.now().delay > 0
            for some in [[line] for line in lines] if slow else [lines]:  # else one flush is enough for all
                try:
                    answers = [await self._answer(line, writer) for line in some]
                finally:
                    self._machine.settle()
                writer.write(b"".join(answers))
                await writer.drain()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> bytes:
        """What came before the other side hung up with a reset is not carried out any more."""
        if delay := self._machine.watch.now().delay:
            await asyncio.sleep(delay)
        if self._machine.watch.now().gone or writer.is_closing() or _was_reset(writer):
            raise ConnectionAbortedError
        if writer in self._unlocked:
            return self._machine.answer(line)
        answer, right = self._machine.unlock(line)
        if right:
            self._unlocked.add(writer)
        return answer


def _was_reset(writer: asyncio.StreamWriter) -> bool:
    error: int = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return error != 0


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _kept_port(folder: Path) -> list[int]:
    try:
        return [int((folder / PORT).read_text())]
    except (FileNotFoundError, ValueError):
        return []
