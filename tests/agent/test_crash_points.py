"""kill -9 at each named step of the agent's work, then on: nothing is lost, nothing doubled, nothing stale comes back."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorsync import agent as package
from doorsync.agent import crash_points
from doorsync.agent.errors import AgentUnreachable
from doorsync.files import atomic
from tests.agent.courier import Make, carry, served
from tests.agent.hub import CARD, PIN, Hub, person
from tests.agent.tap import Tap, tapped
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal

# The files are the hello's count, the batch and its receipt. Orders are killed in their midst.
TIMES = {"files.drafted": ("1", "2", "3"), "agent.order-begun": ("1", "2"), "agent.order-done": ("1", "4")}
ELSEWHERE = {"agent.part-stored"}  # tried in test_parts.py, with a terminal that holds enough for parts
STEPS = [
    f"{point}:{times}"
    for point in (*atomic.POINTS, *crash_points.POINTS)
    if point not in ELSEWHERE
    for times in TIMES.get(point, ("1",))
]


@pytest.fixture
def tap(hub: Hub, gate: VirtualTerminal) -> Iterator[Tap]:
    with tapped(gate.address) as tap:
        hub.terminals["gate"].address = tap.address
        yield tap


def test_every_point_in_the_code_is_named_in_points_and_tried() -> None:
    folder = Path(package.__file__).parent
    used = [name for path in folder.glob("*.py") for name in re.findall(r'crash_points\.point\("([^"]+)"\)', path.read_text())]
    assert sorted(set(used)) == sorted(crash_points.POINTS)
    assert {step.rpartition(":")[0] for step in STEPS} | ELSEWHERE == {*atomic.POINTS, *crash_points.POINTS}


@pytest.mark.requirement("R-02", mutation="the batch stored after its orders; and an interrupted batch driven again")
@pytest.mark.parametrize("step", STEPS)
def test_after_a_kill_at_any_step_the_memory_is_what_is_wanted_now(
    hub: Hub, folder: Path, gate: VirtualTerminal, tap: Tap, step: str, agent_in: Make
) -> None:
    terminal = hub.terminals["gate"]
    terminal.held = {"7": person("To be removed"), "8": person("Old name")}
    for key, fields in terminal.held.items():
        assert fields
        gate.change("INSERT INTO user VALUES (?, ?, ?, ?, ?, ?)", key, str(fields["name"]), f'["{CARD}"]', PIN, "[]", "")
    terminal.wanted = {"8": person("New name"), **{key: person(f"User {key}") for key in ("1", "2", "3", "4")}}

    agent = agent_in()
    with served(hub) as url:
        if step.startswith("files."):
            agent.start()  # what only a first start writes is then there
            agent.stop()
        agent.start(DOORSYNC_CRASH_AT=step)
        with agent.client() as client, pytest.raises(AgentUnreachable):
            carry(url, client, within=PATIENCE)
        assert agent.wait_for_end() == -signal.SIGKILL

        del terminal.wanted["4"]  # what was wanted then must not come back to life
        terminal.wanted["5"] = person("User 5")
        agent.start()
        with agent.client() as client:
            carry(url, client, within=PATIENCE)
        assert agent.stop() == 0

    assert gate.users() == terminal.wanted
    assert terminal.held == terminal.wanted
    assert {key: count for key, count in tap.writes.items() if key in ("1", "2", "3", "7", "8")} == dict.fromkeys("12378", 1)
    assert tap.writes["4"] in (0, 2)  # added and removed again, or never
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in (PIN, CARD):
        assert secret.encode() not in content


def test_after_a_kill_at_its_first_file_the_agent_starts(agent_in: Make) -> None:
    agent = agent_in()
    with pytest.raises(AssertionError):
        agent.start(DOORSYNC_CRASH_AT="files.drafted")
    assert agent.wait_for_end() == -signal.SIGKILL
    agent.start()
    assert agent.stop() == 0


def test_an_interrupted_batch_is_answered_even_when_its_terminal_is_gone(hub: Hub, gate: VirtualTerminal, agent_in: Make) -> None:
    terminal = hub.terminals["gate"]
    terminal.wanted = {key: person(key) for key in ("1", "2", "3")}
    agent = agent_in()
    with served(hub) as url:
        agent.start(DOORSYNC_CRASH_AT="agent.order-done:2")
        with agent.client() as client, pytest.raises(AgentUnreachable):
            carry(url, client, within=PATIENCE)
        agent.wait_for_end()
        gate.stop()
        agent.start()
        with agent.client() as client, pytest.raises(TimeoutError):
            carry(url, client, within=PATIENCE, enough=lambda: bool(hub.receipts))
        assert hub.receipts[0].state == "interrupted"
        assert {outcome.result for outcome in hub.receipts[0].outcomes} == {"unknown"}
        gate.start()
        terminal.address = gate.address
        with agent.client() as client:
            carry(url, client, within=PATIENCE)
        assert agent.stop() == 0
    assert gate.users() == terminal.wanted
