"""What the agent says of itself while it runs, and what is left of it afterwards."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.agent import data_folder
from doorsync.agent.cli import app
from doorsync.agent.identity import Identity
from doorsync.agent.status_file import StatusFile, read_status
from tests.agent.courier import AgentProcess, served
from tests.agent.hub import Hub
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


def test_away_keeps_its_beginning_and_connected_begins_anew(tmp_path: Path) -> None:
    status_file = StatusFile(tmp_path)
    status_file.started("http://127.0.0.1:1", cloud=True)
    status_file.away("Nobody there.")
    away = read_status(tmp_path)
    status_file.away("Still nobody.")
    still = read_status(tmp_path)
    status_file.connected()
    back = read_status(tmp_path)
    assert away
    assert still
    assert back
    assert (still.since, still.why) == (away.since, "Still nobody.")
    assert (back.courier, back.why) == ("connected", "")
    assert back.since > away.since


def test_results_of_terminals_survive_a_restart_and_the_file_is_private(tmp_path: Path) -> None:
    StatusFile(tmp_path).answered("gate", make="virtual", address="127.0.0.1:1", state="done", message="")
    StatusFile(tmp_path).started("http://127.0.0.1:1", cloud=False)
    after = read_status(tmp_path)
    assert after
    assert list(after.terminals) == ["gate"]
    assert stat.S_IMODE((tmp_path / "status.json").stat().st_mode) == 0o600


def test_a_status_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    StatusFile(tmp_path / "file").connected()
    assert read_status(tmp_path / "file") is None


def test_whether_an_agent_runs_is_asked_without_harm(tmp_path: Path) -> None:
    assert not data_folder.is_held(tmp_path)
    with data_folder.hold_folder(tmp_path):
        assert data_folder.is_held(tmp_path)
    assert not data_folder.is_held(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"started": 5}'])
def test_a_damaged_status_is_no_status(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.json").write_text(text)
    assert read_status(tmp_path) is None


def test_the_first_start_writes_the_settings_file(hub: Hub, folder: Path) -> None:
    agent = AgentProcess(folder)
    with served(hub):
        agent.start()
        assert agent.stop() == 0
    assert "# port = 0" in (folder / "agent.toml").read_text()
