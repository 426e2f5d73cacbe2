"""What answers in the place of the hub is read no further, and no longer, than an answer can be."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from doorsync.agent.courier_ports import Hub as HubPort
from doorsync.agent.errors import HubUnreachable
from doorsync.messages.sizes import ANSWER

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    class Rubbish(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Rubbish)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, content: bytes, **headers: str) -> None:
    handler.send_response(200)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    sent = 0
    try:
        while sent < 20 * ANSWER:
            sent += handler.wfile.write(b'{"x": "' + b"a" * 65536)
    except OSError:
        return
    raise AssertionError("all of it was read")


RUBBISH: dict[str, Answer] = {
    "endless": endless,
    "bomb": lambda handler: send(handler, gzip.compress(b'{"ok": true}' + b" " * 50_000_000), Content_Encoding="gzip"),
    "deep": lambda handler: send(handler, b"[" * 500_000),
    "huge number": lambda handler: send(handler, b'{"x": ' + b"9" * 100_000 + b"}"),
    "no JSON": lambda handler: send(handler, b"<html>"),
    "list": lambda handler: send(handler, b"[]"),
}


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("call", ["ask", "wait"])
def test_rubbish_is_read_no_further_than_an_answer_can_be(rubbish: str, call: str) -> None:
    with answering(RUBBISH[rubbish]) as url:
        hub = HubPort(url)
        with pytest.raises(HubUnreachable):
            hub.ask("hello", hello="x") if call == "ask" else hub.wait("agent", "nonce")
        hub.close()
