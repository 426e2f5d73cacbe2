"""A copy of an agent's folder is started beside the agent: real processes, over HTTP, to the fresh enrolment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.factories.stack import stack, until

PEOPLE = [{"id": "1", "last_name": "Alice", "groups": ["Members"]}]


@pytest.mark.requirement("A-07", mutation="the couriers not handing the hub's challenge to the agent")
def test_an_old_copy_is_caught_at_its_second_hello_and_a_fresh_enrolment_ends_it(tmp_path: Path) -> None:
    with stack(tmp_path, PEOPLE) as running:
        copied = tmp_path / "copied"
        shutil.copytree(tmp_path / "agent", copied)

        def connected() -> bool:
            return '"courier":"connected"' in (tmp_path / "agent/status.json").read_text()

        for turn in range(3):
            running.start_agent()
            until(connected, "connected")
            if turn < 2:
                running.end("agent")
        assert running.query("SELECT hello_count FROM terminals_agent")[0][0] >= 3

        running._start("copy", ["agent", "run"], {**running.agent_environment, "DOORSYNC_AGENT_DATA": str(copied)})
        until(lambda: running.query("SELECT quarantined FROM terminals_agent")[0][0], "the quarantine")
        until(lambda: "quarantine" in running.log("copy"), "the copy saying so")

        for name in ("copy", "agent"):
            running.end(name)
        running.enrol()
        running.start_agent()
        running.press()
        until(lambda: running.people("Gate") == {"1": "Alice"}, "Alice at the gate")
        assert running.query("SELECT quarantined FROM terminals_agent") == [("",)]
