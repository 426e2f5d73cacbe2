"""The test's hub behind HTTP, and the agent as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from doorsync.agent.courier import HttpAgent
from tests.agent.hub import AGENT, ORIGIN, Hub
from tests.factories.terminals import PATIENCE

COMMAND = [sys.executable, "-c", "from doorsync.agent.cli import app; app()"]


@contextmanager
def served(hub: Hub, port: int = 0) -> Iterator[str]:
    """The hub's address, while the block runs. Errors in it fail the test as they answer 500."""
    lock = threading.Lock()

    class Endpoints(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                answer = getattr(hub, self.path.removeprefix("/courier/"))(**body)
            self._answer(409 if isinstance(answer, dict) and "error" in answer else 200, answer)

        def _answer(self, status: int, answer: object) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Endpoints)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="test hub")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


@dataclass
class AgentProcess:
    """`doorsync agent run` in a data folder."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def start(self, **environment: str) -> None:
        """Start, and wait until it listens."""
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "run", "--data", str(self.folder)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "DOORSYNC_AGENT_CLOUD": "false", **self.environment, **environment},
            )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip().removeprefix("The agent listens on ").rstrip(".")
        assert self.url.startswith("http"), (self.folder / "log").read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it, and tell its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait_for_end()

    def wait_for_end(self) -> int:
        assert self.process
        assert self.process.stdout
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.process = None
        return code

    @contextmanager
    def client(self) -> Iterator[HttpAgent]:
        """A courier's way to it."""
        client = HttpAgent(AGENT, self.url, origin=ORIGIN)
        try:
            yield client
        finally:
            client.close()


Make = Callable[..., AgentProcess]
