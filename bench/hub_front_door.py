"""The hub under people who want it to stop: big bodies of nobody, silent connections, hundreds of event streams of one session.

Each attack lasts for ten seconds and stops by itself. Meanwhile a known program asks for tokens, and the hub's memory is watched.

# requirement: S-04
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django

django.setup()

from tests.factories.stack import SAMPLE, Stack, stack  # noqa: E402 - after the settings it reads

LASTING, LIMIT_SECONDS, LIMIT_MEGABYTES = 10.0, 1.0, 300
MEBIBYTE = 1024 * 1024
PEOPLE = [{"id": str(number), "last_name": f"Person {number}", "groups": ["Members"]} for number in range(1, 60)]
HOSTILE = b'{"a":[' + b'"",' * (8 * MEBIBYTE // 3) + b'""]}'


def ask(running: Stack) -> float:
    """Seconds until a token came; a long time when none did."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    started = time.perf_counter()
    try:
        connection.request("POST", "/webservicesesws", SAMPLE.read_bytes(), {"Content-Type": "text/xml"})
        right = re.search(b">[0-9a-f]{128}<", connection.getresponse().read())
    except OSError:
        right = None
    finally:
        connection.close()
    return time.perf_counter() - started if right else 60.0


def big_bodies(running: Stack, over: threading.Event) -> None:
    """Sixteen anonymous bodies of 8 MiB at a time, to an address of the courier."""

    def one() -> None:
        while not over.is_set():
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
                connection.request("POST", "/courier/receipt", HOSTILE, {"Content-Type": "application/json"})
                connection.getresponse().read()
                connection.close()

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def endless_bodies(running: Stack, over: threading.Event) -> None:
    """Eight bodies of 300 MiB in pieces, to a page; and two hundred connections that say nothing."""
    with ExitStack() as held:
        for _ in range(200):
            held.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        bodies = []
        for _ in range(8):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", running.port)))
            connection.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            bodies.append(connection)
        piece = b"%x\r\n%b\r\n" % (MEBIBYTE, bytes(MEBIBYTE))
        for _ in range(300):
            for connection in list(bodies):
                try:
                    connection.sendall(piece)
                except OSError:
                    bodies.remove(connection)
        over.wait()


def event_streams(running: Stack, over: threading.Event) -> None:
    """Three hundred event streams of one session at one open run."""
    with running.signed_in() as page, ExitStack() as held:
        run = page.press()
        cookie = "; ".join(f"{name}={value}" for name, value in page.browser.cookies.items())
        path = run.removeprefix(running.url).split("?")
        request = (
            f"GET {path[0]}events/?{path[1]} HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        streams = []
        for _ in range(300):
            stream = held.enter_context(socket.create_connection(("127.0.0.1", running.port)))
            stream.sendall(request)
            stream.setblocking(False)
            streams.append(stream)
        while not over.wait(0.1):
            for stream in streams:
                with suppress(OSError):
                    stream.recv(65536)


@contextmanager
def under(attack: Callable[[Stack, threading.Event], None], running: Stack) -> Iterator[None]:
    """The attack goes on until the block ends, and for ten seconds at most."""
    over = threading.Event()
    end = threading.Timer(LASTING, over.set)
    thread = threading.Thread(target=attack, args=[running, over])
    end.start()
    thread.start()
    try:
        yield
    finally:
        over.set()
        end.cancel()
        thread.join()


def memory(pid: int) -> float:
    """Megabytes that the process has now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def main() -> int:
    """Print the figures; 1 when a token call waits too long, or the memory grows too much."""
    worst = [0.0, 0.0]
    with tempfile.TemporaryDirectory() as folder, stack(Path(folder), PEOPLE) as running:
        pid = running.processes["hub"].pid
        idle = sorted(ask(running) for _ in range(20))[18]
        print(f"  idle: token call p95 {idle * 1e3:.0f} ms, {memory(pid):.0f} MB, {os.cpu_count()} cores")
        for attack in (big_bodies, endless_bodies, event_streams):
            before, taken, most = memory(pid), [], 0.0
            with under(attack, running):
                until = time.monotonic() + LASTING - 1
                while time.monotonic() < until:
                    taken.append(ask(running))
                    most = max(most, memory(pid))
                    time.sleep(0.05)
            p95, grown = sorted(taken)[int(len(taken) * 0.95)], most - before
            print(f"  {attack.__name__}: {len(taken)} token calls, p95 {p95 * 1e3:.0f} ms, memory {before:.0f} to {most:.0f} MB")
            worst = [max(worst[0], p95), max(worst[1], grown)]
    print(f"S-04 ratio of the slowest p95 to the limit {worst[0] / LIMIT_SECONDS:.2f} (must be below 1)")
    print(
        f"S-04 ratio of the memory's growth, {worst[1]:.0f} MB, to the limit {worst[1] / LIMIT_MEGABYTES:.2f} (must be below 1)"
    )
    return 0 if worst[0] < LIMIT_SECONDS and worst[1] < LIMIT_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
