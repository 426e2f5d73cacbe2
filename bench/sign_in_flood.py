"""Two hundred wrong passwords at once, from as many addresses: what they do to everybody else, and to the memory of the hub.

Ten companies are guessed at, so that each password is looked at and none is turned away by the throttle.

# requirement: S-04
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
os.environ["DOORSYNC_TRUSTED_PROXIES"] = '["127.0.0.0/8"]'  # this program is also the proxy that tells many addresses

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the settings it reads

from doorsync.hub.esws.namespaces import PATH  # noqa: E402
from tests.factories import soap, world  # noqa: E402

COMPANIES, EACH, LIMIT_SECONDS, LIMIT_MEGABYTES = 10, 20, 1.0, 300
OFFICE = "198.51.100.1"
OTHERS = {
    "sign-in page": ("GET", "/sign-in/", b""),
    "sign-in link": ("GET", "/users/totalSyncUsersLogin/x", b""),
    "unknown company": ("POST", PATH, soap.written(p_companyID="x" * 32)),
    "right password": ("POST", PATH, soap.written()),
}


def serve() -> int:
    """Answer until the process is ended."""
    import uvicorn

    from doorsync.hub.entry.asgi import application

    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listening.getsockname()[1], flush=True)
    settings = uvicorn.Config(application, log_config=None, access_log=False, ws="none", proxy_headers=False)
    uvicorn.Server(settings).run(sockets=[listening])
    return 0


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """Port and process id of a hub."""
    process = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.terminate()
        process.wait()


def ask(port: int, method: str, address: str, body: bytes, caller: str) -> tuple[float, str]:
    """Seconds until the answer, and what it was."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    started = time.perf_counter()
    connection.request(method, address, body, {"X-Forwarded-For": caller, **(soap.XML if body else {})})
    answer = connection.getresponse()
    text = answer.read()
    taken = time.perf_counter() - started
    connection.close()
    busy = b"Busy" in text or b"busy" in text
    return taken, "busy" if busy else "throttled" if b"Throttled" in text else "answered"


def megabytes(process: int, what: str) -> float:
    """A figure of the kernel about the memory of a process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def flood(port: int, codes: list[str]) -> Counter[str]:
    """All wrong passwords at once."""
    start = threading.Barrier(COMPANIES * EACH)

    def one(n: int) -> str:
        body = soap.written(p_companyID=codes[n % COMPANIES], p_adminPassword="wrong")
        start.wait()
        return ask(port, "POST", PATH, body, f"203.0.113.{n}" if n < 250 else "203.0.113.250")[1]

    with ThreadPoolExecutor(COMPANIES * EACH) as pool:
        return Counter(pool.map(one, range(COMPANIES * EACH)))


def main() -> int:
    """Print the figures; 1 when somebody else waits too long or the memory grows too much."""
    call_command("migrate", verbosity=0)
    world.administrator(world.company())
    codes = [f"{n:032}".replace("0", "a", 12) for n in range(COMPANIES)]
    for code in codes:
        world.administrator(world.company(code=code))
    with server() as (port, process):
        for request in list(OTHERS.values()) * 3:
            ask(port, *request, OFFICE)  # warm, and known as a source of right passwords
        before = megabytes(process, "VmRSS")
        over, taken, ends = threading.Event(), {kind: list[float]() for kind in OTHERS}, Counter[str]()

        def others(kind: str) -> None:
            while not over.is_set():
                seconds, end = ask(port, *OTHERS[kind], OFFICE)
                taken[kind].append(seconds)
                ends[f"{kind} {end}"] += 1

        threads = [threading.Thread(target=others, args=[kind]) for kind in OTHERS]
        for thread in threads:
            thread.start()
        started = time.perf_counter()
        wrong = flood(port, codes)
        lasted = time.perf_counter() - started
        over.set()
        for thread in threads:
            thread.join()
        grown = megabytes(process, "VmHWM") - before
    print(f"  {COMPANIES * EACH} wrong passwords at once took {lasted:.1f} s: {dict(wrong)}; others: {dict(ends)}")
    p95 = {kind: sorted(each)[int(len(each) * 0.95)] for kind, each in taken.items()}
    print("  p95 of others: " + ", ".join(f"{kind} {seconds * 1e3:.0f} ms" for kind, seconds in p95.items()))
    print(f"S-04 ratio of the slowest p95 to the limit {max(p95.values()) / LIMIT_SECONDS:.2f} (must be below 1)")
    print(f"S-04 ratio of the memory's growth, {grown:.0f} MB, to the limit {grown / LIMIT_MEGABYTES:.2f} (must be below 1)")
    return 0 if max(p95.values()) < LIMIT_SECONDS and grown < LIMIT_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(serve() if sys.argv[1:] else main())
