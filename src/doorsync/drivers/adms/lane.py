"""The queue of one terminal: commands that wait for its next poll, and its answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from doorsync.drivers.adms.command_numbers import CommandNumbers
from doorsync.drivers.adms.protocol import LARGEST, Status, User, acknowledged, numbered, status_in, uploaded

SILENT = 90.0  # seconds without a poll after which the next one is a return
MOST = 200_000  # people that are kept of one upload


@dataclass(slots=True)
class Command:
    """One command; `code` once the terminal has said what became of it."""

    number: int
    text: str = field(repr=False)
    handed: bool = False
    code: int | None = None


class Lane:
    """The queue of one terminal. Sessions and requests of the terminal run in different threads."""

    def __init__(self, numbers: CommandNumbers) -> None:
        self.status = Status()
        self._numbers = numbers
        self._changed = threading.Condition()
        self._commands: dict[int, Command] = {}
        self._polls = 0
        self._last_poll = 0.0
        self._collected: dict[str, User] | None = None

    def poll(self, info: str) -> tuple[str, bool]:
        """The commands for this poll, and whether the terminal was silent for long before it."""
        with self._changed:
            now = time.monotonic()
            back, self._last_poll = now - self._last_poll > SILENT, now
            if info:
                self.status = status_in(info)
            self._polls += 1
            self._changed.notify_all()
            return self._hand_over() or "OK", back

    def acknowledge(self, body: str) -> None:
        """Take the results of commands from the terminal; results of unknown commands are ignored."""
        with self._changed:
            for number, code in acknowledged(body):
                if (command := self._commands.get(number)) and command.handed:
                    command.code = code
            self._changed.notify_all()

    def upload(self, body: str) -> int:
        """Take people whom the terminal uploads, asked or unasked; returns the number of lines."""
        with self._changed:
            if self._collected is not None:
                for user in uploaded(body):
                    if len(self._collected) < MOST or user.pin in self._collected:
                        self._collected[user.pin] = user
        return len(body.splitlines())

    def wait_for_poll(self, within: float) -> bool:
        """Whether the terminal polls within so many seconds from now."""
        with self._changed:
            before = self._polls
            return self._changed.wait_for(lambda: self._polls > before, within)

    def run(self, texts: Sequence[str], within: float) -> Iterator[tuple[int, int]]:
        """Which of these commands was answered, and with which code, as the answers come. Raises TimeoutError.

        Each answer must come within so many seconds of the one before. What is left then, and was not handed over, is taken back.
        """
        with self._changed:
            commands = [Command(self._numbers.take(), text) for text in texts]
            self._commands.update({command.number: command for command in commands})
        told: set[int] = set()
        try:
            while len(told) < len(commands):
                for index, code in self._answered(commands, told, within):
                    told.add(index)
                    yield index, code
        finally:
            with self._changed:
                for command in commands:
                    self._commands.pop(command.number, None)

    def collect(self, text: str, within: float) -> tuple[int, dict[str, User]]:
        """The code of a command, and the people whom the terminal showed until then. Raises TimeoutError."""
        with self._changed:
            self._collected = {}
        try:
            ((_, code),) = self.run([text], within)
            return code, self._collected or {}
        finally:
            with self._changed:
                self._collected = None

    def _hand_over(self) -> str:
        lines: list[str] = []
        size = 0
        for command in self._commands.values():
            line = numbered(command.number, command.text)
            if command.handed:
                continue
            size += len(line.encode()) + 1
            if lines and size > LARGEST:
                break
            command.handed = True
            lines.append(line)
        return "\n".join(lines)

    def _answered(self, commands: Sequence[Command], told: set[int], within: float) -> list[tuple[int, int]]:
        def new() -> list[tuple[int, int]]:
            codes = [(index, command.code) for index, command in enumerate(commands) if index not in told]
            return [(index, code) for index, code in codes if code is not None]

        with self._changed:
            if not self._changed.wait_for(new, within):
                raise TimeoutError
            return new()
