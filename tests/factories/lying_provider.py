"""An OpenID Connect provider that answers whatever a test says: documents, keys, and ID tokens that nobody should believe."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc.jwk import RSAKey

Answer = tuple[int, Mapping[str, str], bytes]
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


class LyingProvider:
    """`paths`: what it answers where; `asked`: which path was asked, with the fields that were posted."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.paths: dict[str, Callable[[], Answer]] = {}
        self.document: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self.keys: list[dict[str, Any]] = [dict(KEY.as_dict(private=False))]
        self.tokens: dict[str, Any] = {}
        self.says("/.well-known/openid-configuration", lambda: self.document)
        self.says("/keys", lambda: {"keys": self.keys})
        self.says("/token", lambda: self.tokens)

    def says(self, path: str, what: Callable[[], Mapping[str, Any]]) -> None:
        self.paths[path] = lambda: (200, {"Content-Type": "application/json"}, json.dumps(what()).encode())

    def times(self, path: str) -> int:
        return [asked for asked, _fields in self.asked].count(path)


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    """One at a loopback port, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            made.asked.append((self.path, {name: values[0] for name, values in parse_qs(body).items()}))
            status, headers, content = made.paths.get(self.path, lambda: (404, {}, b""))()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = LyingProvider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
