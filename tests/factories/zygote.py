"""Forks processes that run the product's commands, with the libraries loaded that they need: that saves each half its start.

Of the product itself, only what reads no setting is loaded before the fork. Talked to by `programs`; see there.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Iterable
from typing import Any

LIBRARIES = (
    "argon2 cryptography django.contrib.auth django.db.models django.forms django.http django.template django_htmx "
    "django_scopes httptools httpx2 joserfc.jwe joserfc.jwk joserfc.jws lxml.etree pydantic pydantic_settings rich.console "
    "servestatic stamina starlette.applications structlog typer uvicorn uvloop yaml"
)
OURS = "doorsync.cli doorsync.agent.cli doorsync.agent.daemon doorsync.drivers.virtual.cli doorsync.drivers.virtual.simulator"


def serve(channel: socket.socket) -> None:
    """Fork for each request until the channel closes; tell each one's exit code to the pipe that came with it."""
    heard, woken = socket.socketpair()
    for each in (heard, woken):
        each.setblocking(False)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ended: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([channel, heard], [], [])
        if heard in ready:
            with contextlib.suppress(BlockingIOError):
                heard.recv(4096)
            _reap(ended)
        if channel in ready:
            text, files, _, _ = socket.recv_fds(channel, 1 << 20, 4)
            if not text:
                return
            if (pid := os.fork()) == 0:
                _forget([channel, heard, woken], [*ended.values(), files.pop()])
                _become(json.loads(text), files)
                return
            ended[pid] = files.pop()
            for file in files:
                os.close(file)
            channel.sendall(str(pid).encode())


def _forget(sockets: Iterable[socket.socket], files: Iterable[int]) -> None:
    """In the child: nothing of the zygote's own business is left to it."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for each in sockets:
        each.close()
    for file in files:
        os.close(file)


def _reap(ended: dict[int, int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            pid, status = found
            with contextlib.suppress(BrokenPipeError):
                os.write(ended[pid], str(os.waitstatus_to_exitcode(status)).encode())
            os.close(ended.pop(pid))


def _become(request: dict[str, Any], files: list[int]) -> None:
    """Be the command, and end as it does: this returns through the interpreter's own end."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115 - numbers, and until the end
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = ["doorsync", *request["words"]]
    importlib.import_module("doorsync.cli").main()


if __name__ == "__main__":
    for name in (*LIBRARIES.split(), *OURS.split()):
        importlib.import_module(name)
    serve(socket.socket(fileno=int(sys.argv[1])))
