"""What `doorsync agent status` reports, from the files of the agent alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.agent import status_report
from doorsync.agent.cli import app
from doorsync.agent.data_folder import hold_folder
from doorsync.agent.identity import Identity
from doorsync.agent.status_file import StatusFile, read_status
from tests.agent.courier import AgentProcess
from tests.factories.terminals import until


def said(folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["status", "--data", str(folder)])
    return done.exit_code, done.output


def test_status_says_who_the_agent_is_and_that_it_does_not_run(folder: Path) -> None:
    code, text = said(folder)
    assert code == 0
    identity = Identity.load(folder)
    assert text.startswith(f"Agent 'Desk' of the company 'gym' (agent-1)\nIts key: {identity.keys.public.fingerprint()}\nHub: ")
    assert f"with the key {identity.hub.fingerprint()}" in text
    assert "does not run" in text


def test_status_without_enrolment_ends_with_one(tmp_path: Path) -> None:
    code, text = said(tmp_path)
    assert (code, "not enrolled" in text) == (1, True)


def test_status_says_since_when_and_why_the_hub_is_not_connected(folder: Path) -> None:
    replace(Identity.load(folder), hub_url="http://127.0.0.1:1").save(folder)  # an address that leads to nobody
    agent = AgentProcess(folder, {"DOORSYNC_AGENT_CLOUD": "true"})
    agent.start()
    until(lambda: "NOT connected since" in said(folder)[1], "it never said that it is away")
    first = read_status(folder)
    assert agent.stop() == 0
    assert first
    assert "http://127.0.0.1:1 cannot be reached" in first.why


def report(folder: Path) -> list[str]:
    return list(status_report.report_lines(folder))


@pytest.mark.parametrize(
    ("courier", "told"),
    [
        ("connected", "connected to the hub since "),
        ("connecting", "dialling out since "),
        ("off", "a browser in this network must carry"),
    ],
)
def test_while_it_runs_the_report_says_how_it_reaches_the_hub(folder: Path, courier: str, told: str) -> None:
    status = StatusFile(folder)
    status.started("http://127.0.0.1:8787", cloud=courier != "off")
    if courier == "connected":
        status.connected()
    with hold_folder(folder):
        lines = report(folder)
    (line,) = [each for each in lines if each.startswith("Cloud courier: ")]
    assert told in line
    assert any(each.endswith("and listens on http://127.0.0.1:8787.") for each in lines)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("done", "carried out and read back"),
        ("other-device", "another device answers there"),
        ("of-a-newer-version", "of-a-newer-version"),
    ],
)
def test_the_last_result_of_a_terminal_is_told_in_words(folder: Path, state: str, told: str) -> None:
    status = StatusFile(folder, now=lambda: datetime(2026, 6, 10, 14, tzinfo=timezone(timedelta(hours=2))))
    status.answered("Xy7", name="Main gate", make="virtual", address="http://admin:sesame@127.0.0.1:1/x", state=state, message="")
    assert report(folder)[-1] == f"  Main gate 127.0.0.1:1 (virtual) 2026-06-10 12:00:00 UTC: {told}"


def test_before_the_first_work_no_terminal_is_named(folder: Path) -> None:
    assert report(folder)[-1] == "No terminal has had work from this agent yet."
