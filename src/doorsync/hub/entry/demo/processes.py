"""Starts the demo's processes, waits for their addresses, and ends them together."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from doorsync.hub.entry.demo.signals import pause
from doorsync.hub.entry.startup import NotReady

PATIENCE = 30.0  # seconds until a part has started
GRACE = 6.0  # seconds until a part that was told to end is made to
LOOK = 0.02  # seconds between looks
PR_SET_PDEATHSIG = 1
DOORSYNC = (sys.executable, "-m", "doorsync")


class Child:
    """One process, with its own log file."""

    def __init__(self, name: str, words: Sequence[str], log: Path, environment: Mapping[str, str], said: str) -> None:
        self.name, self.log, self._said = name, log, said
        with log.open("w") as output:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                [*DOORSYNC, *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,  # Ctrl-C comes to us alone, and we end the others in order
                preexec_fn=_end_with_parent,  # noqa: PLW1509  # no threads run when the demo starts its parts
            )

    def started(self) -> str:
        """Wait for the line in which it says where it listens; that address. Raises NotReady or Ended."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := re.search(self._said, self.log.read_text(errors="replace")):
                return found[1]
            if self.process.poll() is not None:
                raise NotReady(f"{self.name} did not start: {self.last_word()}")
            pause(LOOK)
        raise NotReady(f"{self.name} did not start within {PATIENCE:.0f} seconds; see {self.log}.")

    def last_word(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with {self.process.returncode} and said nothing"

    def tell_to_end(self) -> None:
        """Ask it to end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def ended(self, within: float) -> None:
        """Wait until it has ended, and kill it when that takes too long."""
        try:
            self.process.wait(max(within, 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class DemoProcesses:
    """All processes of the demo; they end with the block, whatever ends it."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(exist_ok=True)
        self._logs = logs
        self.children: list[Child] = []

    def start(self, name: str, words: Sequence[str], said: str, **environment: str) -> Child:
        """Start `doorsync WORDS`. `said` finds the address in what it prints."""
        slug = name.lower().replace(" ", "-")
        child = Child(name, words, self._logs / f"{slug}.log", environment, said)
        self.children.append(child)
        return child

    def end(self, *children: Child) -> None:
        """End these processes, all at the same time."""
        for child in children:
            child.tell_to_end()
        deadline = time.monotonic() + GRACE
        for child in children:
            child.ended(deadline - time.monotonic())
            self.children.remove(child)

    def first_to_end(self) -> Child:
        """Wait until one of them ends by itself. Raises Ended."""
        while True:
            for child in self.children:
                if child.process.poll() is not None:
                    return child
            pause(0.2)

    def __enter__(self) -> Self:
        """Enter with no process started."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End all that were started."""
        self.end(*self.children)


def _end_with_parent() -> None:
    """Have Linux end this process when the demo is killed. Other systems offer nothing like it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
