"""The product's commands as processes of their own, started quickly: forked from one that has their libraries loaded."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.factories.patience import PATIENCE

ROOT = Path(__file__).parents[2]


class Program:
    """`doorsync` with these words. What it offers is what tests need of `subprocess.Popen`."""

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        output: IO[Any],
        errors: IO[Any] | None = None,
        entered: IO[Any] | None = None,
    ) -> None:
        request = {"words": list(words), "environment": dict(environment), "folder": str(Path.cwd())}
        self._ended, told = os.pipe()
        with Path(os.devnull).open() as nothing:
            files = [(entered or nothing).fileno(), output.fileno(), (errors or output).fileno(), told]
            socket.send_fds(_zygote(), [json.dumps(request).encode()], files)
        os.close(told)
        self.pid = int(_zygote().recv(32))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, below zero for a signal; None while it runs."""
        return self._wait(0)

    def wait(self, timeout: float) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        if (code := self._wait(timeout)) is None:
            raise subprocess.TimeoutExpired("doorsync", timeout)
        return code

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _wait(self, timeout: float) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], timeout)[0]:
            self.returncode = int(os.read(self._ended, 32))
            os.close(self._ended)
        return self.returncode


class Said:
    """What a command that has ended printed."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], entered: str = "", *, within: float = PATIENCE
    ) -> None:
        with tempfile.TemporaryFile("w+") as typed, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            typed.write(entered)
            typed.seek(0)
            self.returncode = Program(words, environment, output=out, errors=err, entered=typed).wait(within)
            for file in (out, err):
                file.seek(0)
            self.stdout, self.stderr = out.read(), err.read()


def line_of(file: Path, begins: str, program: Program) -> str:
    """The first whole line that a program wrote to this file and that contains these words. Fails when it ends before."""
    deadline = time.monotonic() + PATIENCE
    while True:
        ended = program.poll() is not None
        for line in file.read_text().splitlines(keepends=True):
            if begins in line and line.endswith("\n"):
                return line
        assert not ended, f"it ended: {file.read_text()}"
        assert time.monotonic() < deadline, f"it did not say {begins!r}: {file.read_text()}"
        time.sleep(0.01)


@cache
def _zygote() -> socket.socket:
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.factories.zygote", str(theirs.fileno())]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSYNC_", "DJANGO_"))}
    process = subprocess.Popen(command, cwd=ROOT, env=kept, pass_fds=[theirs.fileno()])
    theirs.close()

    def end() -> None:
        mine.close()
        process.wait(PATIENCE)

    atexit.register(end)
    return mine
