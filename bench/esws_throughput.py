"""How many calls a second the SOAP service answers, against the same work done in a plain Django view of the same hub.

One core serves, another one asks, over 8 connections. The two take turns, so that a busy machine troubles both alike.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the settings it reads
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from peers.call_rate import call_rate, post_request  # noqa: E402

from doorsync.hub.esws.namespaces import CONTENT_TYPE, PATH  # noqa: E402
from doorsync.hub.esws.operations import OPERATIONS  # noqa: E402
from doorsync.hub.esws.service import Request, answer  # noqa: E402
from tests.factories import soap, world  # noqa: E402

CONNECTIONS, SECONDS, ROUNDS = 8, 1.5, 3
WANTED = 2.0  # times as many calls as the view, where no database and no password take the time
CALLS = {
    "no look-up (code missing)": soap.written(p_companyID=""),
    "one look-up (code unknown)": soap.written(p_companyID="x" * 32),
    "whole call (password, token)": soap.SAMPLE,
}


def view(request: HttpRequest) -> HttpResponse:
    """What the service would be if it were a view."""
    headers = request.headers
    reply = answer(
        Request(
            body=request.body,
            content_type=headers.get("Content-Type", ""),
            action=headers.get("SOAPAction", ""),
            address=request.META["REMOTE_ADDR"],
        ),
        OPERATIONS,
    )
    return HttpResponse(reply.body, status=reply.status, content_type=CONTENT_TYPE)


urlpatterns = [path(PATH.strip("/"), view)]


def serve(kind: str) -> None:
    """Answer until the process is ended."""
    import uvicorn

    from doorsync.hub.entry.asgi import application

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    listening = socket.create_server(("127.0.0.1", 0))
    if kind == "view":
        settings.ROOT_URLCONF = "__main__"
        application = get_asgi_application()
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False, ws="none")).run(sockets=[listening])


@contextmanager
def server(kind: str) -> Iterator[int]:
    """The port of a server of this kind."""
    process = subprocess.Popen([sys.executable, __file__, kind], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def rate(port: int, body: bytes) -> float:
    """Calls a second over all connections."""
    request = post_request(PATH, body, soap.XML)
    return call_rate(port, request, connections=CONNECTIONS, seconds=SECONDS, read=check)


def check(connection: socket.socket) -> None:
    """Read one answer to its end."""
    text = b""
    while b"</SOAP-ENV:Envelope>" not in text:
        text += connection.recv(65536)
    assert text.startswith(b"HTTP/1.1 200"), text


def main() -> int:
    """Print both rates and their ratio for each kind of call; fail when the first ratio is too low."""
    call_command("migrate", verbosity=0)
    world.administrator(world.company())
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ratios = {}
    with server("service") as service, server("view") as plain:
        for port in (service, plain):
            soap.post(f"http://127.0.0.1:{port}", soap.SAMPLE)  # from now on a known source, which has lanes of its own
        for name, body in CALLS.items():
            pairs = [(rate(service, body), rate(plain, body)) for _ in range(ROUNDS)]
            ours, theirs = (statistics.median(each) for each in zip(*pairs, strict=True))
            ratios[name] = ours / theirs
            print(f"{name:30} service {ours:7.0f}/s   Django view {theirs:6.0f}/s   ratio {ratios[name]:.1f}")
    return int(next(iter(ratios.values())) < WANTED)


if __name__ == "__main__":
    if sys.argv[1:]:
        serve(sys.argv[1])
    else:
        sys.exit(main())
