"""A port that stays ours for the whole process, whether anybody listens on it or not."""

from __future__ import annotations

import socket
from functools import cache


def bound(port: int = 0) -> socket.socket:
    """A socket on loopback that does not listen yet."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


@cache
def _placeholder() -> socket.socket:
    return bound()


def hold_port() -> int:
    """The number of the port. The placeholder never listens; while it is bound, nobody is given this port by chance."""
    port: int = _placeholder().getsockname()[1]
    return port
