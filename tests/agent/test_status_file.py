"""What the agent says of itself while it runs, and what is left of it afterwards."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from doorsync.agent import data_folder
from doorsync.agent.status_file import StatusFile, read_status
from tests.agent.courier import AgentProcess, served
from tests.agent.hub import Hub


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
