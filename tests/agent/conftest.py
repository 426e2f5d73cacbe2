"""A hub of the test's own, a virtual terminal that is shared and emptied, and the agent's batch_service between them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from doorsync.agent import drivers, validation
from doorsync.agent.batch_service import BatchService
from doorsync.agent.config import Config
from doorsync.agent.kept_state import State
from tests.agent.courier import AgentProcess, Make
from tests.agent.hub import Hub, Terminal
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, virtual_terminal


@pytest.fixture(scope="session")
def shared_gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualTerminal]:
    with virtual_terminal(tmp_path_factory.mktemp("gate"), capacity=50) as terminal:
        yield terminal


@pytest.fixture
def gate(shared_gate: VirtualTerminal) -> Iterator[VirtualTerminal]:
    """A virtual terminal, empty and well."""
    shared_gate.behave()
    if shared_gate.process is None:
        shared_gate.start()
    shared_gate.empty()
    yield shared_gate
    shared_gate.behave()


@pytest.fixture
def hub(gate: VirtualTerminal) -> Hub:
    hub = Hub()
    hub.terminals["gate"] = Terminal(gate.address, serial=gate.serial)
    return hub


@pytest.fixture
def folder(tmp_path: Path, hub: Hub) -> Path:
    """The data folder of an agent that is enrolled at this hub."""
    folder = tmp_path / "agent"
    hub.identity().save(folder)
    return folder


@pytest.fixture
def open_batch_service(folder: Path) -> Iterator[Callable[..., BatchService]]:
    """The agent's batch_service; opened again, it is the agent after a restart."""
    batch_services: list[BatchService] = []

    def make(**settings: float) -> BatchService:
        config = Config(data=folder, terminal_timeout=settings.pop("terminal_timeout", PATIENCE), **settings)  # type: ignore[arg-type]  # numbers
        batch_services.append(BatchService(State(folder), drivers.find_drivers(), config))
        return batch_services[-1]

    yield make
    for batch_service in batch_services:
        batch_service.stop()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock by which nonces grow old: it stands still until a test sets its `now`."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(validation, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def agent_in(folder: Path) -> Iterator[Make]:
    """Makes `doorsync agent run` for the enrolled data folder; none outlives the test."""
    agents: list[AgentProcess] = []

    def make(**environment: str) -> AgentProcess:
        agents.append(AgentProcess(folder, environment))
        return agents[-1]

    yield make
    for agent in agents:
        agent.stop(signal.SIGKILL)


@pytest.fixture
def batch_service(open_batch_service: Callable[..., BatchService], hub: Hub) -> BatchService:
    """A batch_service that has said hello."""
    batch_service = open_batch_service()
    hub.hello(batch_service.hello().hello)
    return batch_service
