"""Gives hostile messages to the service, each in a process of its own, and says what it cost. Run by test_hostile.

Reads names from standard input, a line each; writes a JSON object for each.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from doorsync.hub.esws.application import Application  # noqa: E402 - after Django is set up
from tests.hub.esws.hostile.corpus import CORPUS, Hostile, Traps  # noqa: E402

PART = 65536
STATUS = "/proc/self/status"
SECONDS = 10  # of processor time, before the kernel ends it


def main() -> None:
    traps = Traps(file=sys.argv[1], port=int(sys.argv[2]))
    for encoding in ("utf-8", "utf-16", "utf-16-le", "latin-1"):  # so that no codec has to be loaded later
        asyncio.run(served(Application(), CORPUS["nothing"], "<warm-up/>".encode(encoding)))
    for line in sys.stdin:
        name = line.rstrip("\n")
        child = os.fork()
        if not child:
            report(name, traps)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"name": name, "died": status}), flush=True)


def report(name: str, traps: Traps) -> None:
    """Answer one message and print what came of it."""
    hostile = CORPUS[name]
    body = hostile.made(traps)
    signal.alarm(SECONDS)  # whoever waits for the trap waits for ever
    touched = watched()
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    before, started = memory("VmRSS"), time.process_time()
    status, headers, answer = asyncio.run(served(Application(), hostile, body))
    print(
        json.dumps(
            {
                "name": name,
                "size": len(body),
                "status": status,
                "headers": headers,
                "answer": answer.decode(),
                "seconds": time.process_time() - started,
                "megabytes": (memory("VmHWM") - before) / 1024,
                "touched": touched,
            }
        ),
        flush=True,
    )


async def served(application: Application, hostile: Hostile, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """The application's answer, as a server would ask for it."""
    parts, sent = parts_of(body), list[Any]()
    headers = {"content-type": hostile.content_type, **hostile.headers}

    async def receive() -> dict[str, Any]:
        part, more = next(parts)
        return {"type": "http.request", "body": part, "more_body": more}

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "POST", "client": ("127.0.0.1", 1), "query_string": b"", "http_version": "1.1"}
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    await application({**scope, "headers": lines}, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}, sent[1]["body"]


def parts_of(body: bytes) -> Iterator[tuple[bytes, bool]]:
    starts = range(0, len(body) or 1, PART)
    return ((body[start : start + PART], start + PART < len(body)) for start in starts)


def watched() -> list[str]:
    """A list to which every file and connection is added that Python opens from now on."""
    touched: list[str] = []

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system") and arguments[:1] != (
            STATUS,
        ):
            touched.append(f"{event} {arguments[:2]}")

    sys.addaudithook(hear)
    return touched


def memory(name: str) -> int:
    """Kilobytes of this process."""
    with open(STATUS) as lines:  # noqa: PTH123 - Path would be heard as well, and this is shorter
        return next(int(line.split()[1]) for line in lines if line.startswith(name))


if __name__ == "__main__":
    main()
