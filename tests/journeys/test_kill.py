"""kill -9 of hub and agent at each named step of a batch, on the real programs: the run goes on, nothing is lost or doubled."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorsync.agent.crash_points import POINTS as AGENT_POINTS
from doorsync.files.atomic import POINTS as FILE_POINTS
from doorsync.hub.sync.crash_points import POINTS as HUB_POINTS
from tests.factories.stack import LOCATIONS, Stack, stack, until

ELSEWHERE = {
    "agent.part-stored",
    "hub.part-read",
    "hub.part-taken",
}  # ten people need no parts: tests/agent/test_memory_parts.py, tests/hub/sync/wire.py
versions = itertools.count(1)


def people(version: int) -> list[dict[str, Any]]:
    """Ten people; with each version one goes, one comes, one is renamed."""
    return [
        {
            "id": str(number),
            "last_name": f"Person {number} v{version}" if number % 10 == 0 else f"Person {number}",
            "groups": ["Members"],
        }
        for number in range(version, version + 10)
    ]


def names(version: int) -> list[str]:
    return sorted(person["last_name"] for person in people(version))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("kill")
    with stack(folder, people(0)) as made:
        made.start_agent()
        made.press()
        wait_until_right(made, 0)
        yield made


def wait_until_right(made: Stack, version: int) -> None:
    until(lambda: all(sorted(made.people(name).values()) == names(version) for name in LOCATIONS), "every terminal being right")
    until(lambda: not made.query("SELECT 1 FROM sync_runterminal WHERE state IN ('waiting', 'syncing')"), "the run ending")
    assert made.query("SELECT count(*) FROM sync_holding WHERE state > 0") == [(0,)]
    assert made.query("SELECT DISTINCT state FROM sync_runterminal") == [("done",)]
    assert made.query("SELECT count(*) FROM sync_batch WHERE status = 'open'") == [(0,)]


@pytest.mark.requirement(
    "R-02", mutation="storing the batch after the first terminal call; or driving a stored batch again after a start"
)
@pytest.mark.parametrize("point", [point for point in (*FILE_POINTS, *AGENT_POINTS) if point not in ELSEWHERE])
def test_agent_killed_at_any_step_goes_on(running: Stack, point: str) -> None:
    version = next(versions)
    running.load(people(version))
    running.end("agent")

    running.start_agent(DOORSYNC_CRASH_AT=point)
    running.press()
    until(lambda: running.died("agent"), f"the agent dying at {point}")
    running.start_agent()

    wait_until_right(running, version)


@pytest.mark.requirement("R-02", mutation="moving held before the receipt's transaction, or issuing without storing the batch")
@pytest.mark.parametrize("point", [point for point in HUB_POINTS if point not in ELSEWHERE])
def test_hub_killed_at_any_step_goes_on(running: Stack, point: str) -> None:
    version = next(versions)
    running.load(people(version))
    running.end("agent")
    running.end("hub")

    running.start_hub(DOORSYNC_CRASH_AT=point)
    running.press()
    running.start_agent()
    until(lambda: running.died("hub"), f"the hub dying at {point}")
    running.start_hub()

    wait_until_right(running, version)
