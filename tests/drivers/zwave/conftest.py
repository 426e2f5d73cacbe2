from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.factories.node_packages import install_node_packages
from tests.factories.ports import bound

NODE = Path(__file__).parent / "node"


@dataclass
class MockNetwork:
    """Mock locks behind Z-Wave JS's own server: `ask` looks into a lock's memory and changes it, past the network."""

    process: subprocess.Popen[str]
    port: int

    def address(self, node: int = 2) -> str:
        return f"ws://127.0.0.1:{self.port}#{node}"

    def ask(self, command: str, node: int = 2, **content: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"command": command, "node": node, **content}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["answer"]

    def pause(self) -> None:
        """The whole process stands still, and whoever asks gets no answer."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def mock_network(*, slots: int = 5, nodes: Sequence[int] = (2,)) -> Iterator[MockNetwork]:
    """Locks with room for so many people, as many PINs and as many cards."""
    install_node_packages(NODE)
    with bound() as placeholder:  # the server cannot be asked for any free port
        port = placeholder.getsockname()[1]
        options = {"port": port, "users": slots, "pins": slots, "cards": slots, "nodes": list(nodes)}
        with _started(options) as process:
            yield MockNetwork(process, port)


@contextmanager
def _started(options: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    command = ["node", str(NODE / "network.mjs"), json.dumps(options)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == '{"ready":true}\n'
        yield process
        process.stdin.close()
        process.wait()


@pytest.fixture(scope="module")
def running() -> Iterator[MockNetwork]:
    with mock_network() as network:
        yield network


@pytest.fixture
def network(running: MockNetwork) -> MockNetwork:
    """With an empty lock."""
    running.ask("clear")
    return running
