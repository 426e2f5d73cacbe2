"""Reverse proxies as people put them in front of a hub, each with a fault of its own."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = ("connection", "transfer-encoding", "keep-alive")


@contextmanager
def proxy(*, adds: Mapping[str, str] | None = None, tells: Mapping[str, str] | None = None) -> Iterator[Proxy]:
    """Hands everything on to `Proxy.hub`. `adds` are headers of its answers, `tells` replace or add headers of requests."""
    made = Proxy(adds or {}, tells or {})
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


class Proxy(ThreadingHTTPServer):
    """Set `hub` to the port of the hub before the first request."""

    daemon_threads = True

    def __init__(self, adds: Mapping[str, str], tells: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _PassOn)
        self.adds, self.tells, self.hub = adds, tells, 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _PassOn(BaseHTTPRequestHandler):
    server: Proxy

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        told = {name.title(): value for name, value in self.headers.items()} | dict(self.server.tells)
        hub = http.client.HTTPConnection("127.0.0.1", self.server.hub, timeout=60)
        with suppress(ConnectionError):  # the browser, or the hub at its end, went away
            hub.request(self.command, self.path, body, told)
            self._answer(hub.getresponse())
        hub.close()
        self.close_connection = True

    do_GET = do_POST = do_HEAD = pass_on  # noqa: N815 - names of the standard library

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        self.send_response_only(answer.status)
        for name, value in [*answer.getheaders(), *self.server.adds.items(), ("Connection", "close")]:
            if name.lower() not in HOP or value == "close":
                self.send_header(name, value)
        self.end_headers()
        while piece := answer.read1(65536):
            self.wfile.write(piece)

    def log_message(self, *_: object) -> None:
        """Quiet."""
