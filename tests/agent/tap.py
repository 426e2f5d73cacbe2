"""A wire between agent and terminal that writes down what passes: it knows what was written, and how often."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.factories.patience import PATIENCE


@dataclass
class Tap:
    """`writes` counts put and remove requests by key; `address` is where the agent should call."""

    target: str
    writes: Counter[str] = field(default_factory=Counter)
    address: str = ""

    def carry(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = server.accept()
                threading.Thread(target=self._join, args=[near], name="tap").start()

    def _join(self, near: socket.socket) -> None:
        host, port = self.target.split(":")
        with near, suppress(OSError), socket.create_connection((host, int(port)), PATIENCE) as far:
            back = threading.Thread(target=_pass_on, args=[far, near], name="tap back")
            back.start()
            with near.makefile("rb") as requests, suppress(OSError):
                for line in requests:
                    self._note(line)
                    far.sendall(line)
            with suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)
            back.join(PATIENCE)

    def _note(self, line: bytes) -> None:
        request = json.loads(line)
        if request["do"] == "put":
            self.writes[request["entry"]["key"]] += 1
        elif request["do"] == "remove":
            self.writes[request["key"]] += 1


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def tapped(target: str) -> Iterator[Tap]:
    """A tap before this address."""
    tap = Tap(target)
    with socket.create_server(("127.0.0.1", 0)) as server:
        tap.address = f"127.0.0.1:{server.getsockname()[1]}"
        thread = threading.Thread(target=tap.carry, args=[server], name="tap listener")
        thread.start()
        try:
            yield tap
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
