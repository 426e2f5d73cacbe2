"""Connections that say nothing, or do not read, are hung up on; the others stay."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from doorsync.hub.entry.http_connections import HEADERS, UNREAD, WITHIN, Connection
from tests.factories import live

unreachable = threading.Event()  # nobody takes the 64 MiB any more
PATIENCE = 20  # seconds after which a test gives up; what it waits for comes far sooner


class Hasty(Connection):
    within, unread = 0.3, 0.3


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with 64 MiB at /much, otherwise with a word."""
    if scope["type"] != "http":
        raise NotImplementedError
    while (await receive()).get("more_body"):
        pass
    pieces = 1024 if scope["path"] == "/much" else 1
    await send({"type": "http.response.start", "status": 200, "headers": [(b"transfer-encoding", b"chunked")]})
    for _ in range(pieces):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    if pieces > 1:
        unreachable.set()


@pytest.fixture
def port() -> Iterator[int]:
    with live.running(echo, http=Hasty) as hub:
        yield int(hub.url.rpartition(":")[2])
    hub.errors.clear()  # an answer that nobody reads fails, as it should


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def is_hung_up_on(connection: socket.socket) -> bool:
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True  # otherwise recv has timed out


def test_the_patience_is_longer_than_any_network_needs() -> None:
    assert (WITHIN, UNREAD) == (15, 60)


@pytest.mark.parametrize("said", [b"", b"P", b"POST / HTTP/1.1\r\nHost: x\r\n"])
def test_connection_that_does_not_end_its_headers_is_hung_up_on(port: int, said: bytes) -> None:
    with connected(port) as silent:
        silent.sendall(said)
        assert is_hung_up_on(silent)


def test_second_request_of_a_connection_has_no_more_patience(port: int) -> None:
    with connected(port) as kept:
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert kept.recv(12) == b"HTTP/1.1 200"
        kept.sendall(b"GET / HT")
        assert is_hung_up_on(kept)


def test_headers_without_an_end_are_refused(port: int) -> None:
    with connected(port) as endless:
        endless.sendall(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * HEADERS)
        assert is_hung_up_on(endless)


def test_answer_that_nobody_reads_is_given_up(port: int) -> None:
    with connected(port) as blind:
        blind.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        blind.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        with connected(port) as watching:  # meanwhile others are served
            watching.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert is_hung_up_on(watching)
        assert unreachable.wait(PATIENCE)


def test_slow_but_steady_request_is_served(port: int) -> None:
    """Its body may take longer than its headers: that is for whoever takes the body."""
    with connected(port) as steady:
        steady.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        for _ in range(3):
            steady.settimeout(0.2)
            with pytest.raises(TimeoutError):
                steady.recv(1)
            steady.sendall(b"x")
        steady.settimeout(PATIENCE)
        assert steady.recv(12) == b"HTTP/1.1 200"
