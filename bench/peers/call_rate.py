"""How many calls a second a server on this machine answers, over lasting connections that each ask again at once."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Mapping


def call_rate(port: int, request: bytes, *, connections: int, seconds: float, read: Callable[[socket.socket], None]) -> float:
    """Answers a second; `read` takes one whole answer from a connection, and fails where it is a wrong one."""
    open_ones = {each.fileno(): each for each in (socket.create_connection(("127.0.0.1", port)) for _ in range(connections))}
    waiting, answered, started = select.epoll(), 0, time.perf_counter()
    for number, each in open_ones.items():
        each.sendall(request)
        waiting.register(number, select.EPOLLIN)
    while open_ones:
        for number, _ in waiting.poll():
            read(open_ones[number])
            if (passed := time.perf_counter() - started) < seconds:
                answered += 1
                open_ones[number].sendall(request)
            else:  # each connection gets its last answer, so that nothing is left to do for the next round
                open_ones.pop(number).close()
    waiting.close()
    return answered / passed


def post_request(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A POST as it goes over the wire."""
    given = {"Host": "127.0.0.1", **headers, "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
