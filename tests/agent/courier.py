"""The test's hub behind HTTP, the agent as a process of its own, and a courier that speaks with it as a page does."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

from doorsync.agent.batch_service import Answer, Greeting
from doorsync.agent.courier_loop import Round
from doorsync.agent.courier_ports import AgentPort
from doorsync.agent.courier_ports import Hub as HubPort
from doorsync.agent.errors import AgentUnreachable
from doorsync.agent.server import STATUS
from tests.agent.hub import AGENT, ORIGIN, Hub
from tests.factories.patience import PATIENCE
from tests.factories.programs import Program, line_of

KINDS: dict[int, Any] = {status: kind for kind, status in STATUS.items()}
AT_ONCE = 6  # terminals; what a browser does


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
    process: Program | None = None
    url: str = ""

    def start(self, **environment: str) -> None:
        """Start, and wait until it listens."""
        said = self.folder / "said"
        with (self.folder / "log").open("a") as log, said.open("w") as output:
            known = {**os.environ, "DOORSYNC_AGENT_CLOUD": "false", **self.environment, **environment}
            self.process = Program(["agent", "run", "--data", str(self.folder)], known, output=output, errors=log)
        self.url = line_of(said, "listens on", self.process).strip().removeprefix("The agent listens on ").rstrip(".")
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
        code = self.process.wait(PATIENCE)
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


class HttpAgent:
    """An agent behind its server, spoken to as a page of the hub speaks."""

    def __init__(self, agent: str, url: str, *, origin: str) -> None:
        self.agent = agent
        self._client = httpx2.Client(base_url=url, timeout=PATIENCE, headers={"Origin": origin, "X-Doorsync": "1"})

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def hello(self, **brought: str) -> Greeting:
        """A signed hello. Raises AgentUnreachable."""
        status, answer = self._ask("/hello", brought)
        if status != STATUS["receipt"]:
            raise AgentUnreachable(f"The agent answered {status}.")
        return Greeting(**answer)

    def batch(self, sealed: str) -> Answer:
        """What it says to a batch. Raises AgentUnreachable."""
        status, answer = self._ask("/batch", {"batch": sealed})
        if status not in KINDS:
            raise AgentUnreachable(f"The agent answered {status}.")
        kind = KINDS[status]
        text = str(answer.get("error" if kind == "failed" else kind, ""))
        return Answer(kind, text, str(answer.get("batch", "")), int(answer.get("parts", 0)))

    def part(self, batch: str, number: int) -> str | None:
        """A part of a memory. Raises AgentUnreachable."""
        return self._ask("/part", {"batch": batch, "part": str(number)})[1].get("part")

    def _ask(self, path: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        try:
            response = self._client.post(path, json=body)
            return response.status_code, response.json() if response.content else {}
        except (httpx2.TransportError, ValueError) as error:
            raise AgentUnreachable from error


def carry(hub_url: str, agent: AgentPort, *, within: float = 600.0, enough: Callable[[], bool] = lambda: False) -> int:
    """Carry until the hub says idle; returns how many receipts it took. `enough` ends it before, like the time.

    Raises HubUnreachable, AgentUnreachable or TimeoutError.
    """
    hub = HubPort(hub_url)
    try:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier") as pool:
            deadline = time.monotonic() + within
            return Round(hub, agent, pool, over=lambda: enough() or time.monotonic() >= deadline).go()
    finally:
        hub.close()
