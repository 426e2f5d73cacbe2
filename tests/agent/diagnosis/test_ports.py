"""Whether the agent's port is free, its own, or somebody else's."""

from __future__ import annotations

import socket
from pathlib import Path

from doorsync.agent.config import Config
from doorsync.agent.data_folder import hold_folder
from doorsync.agent.diagnosis.finding import Finding
from doorsync.agent.diagnosis.ports import check_port
from doorsync.agent.status_file import StatusFile


def looked(folder: Path, port: int = 0) -> Finding:
    (found,) = check_port(Config(data=folder, port=port))
    return found


def test_an_agent_that_never_ran_takes_any_port(tmp_path: Path) -> None:
    assert looked(tmp_path).level == "ok"


def test_a_port_that_another_program_holds_is_a_failure_and_one_that_is_free_again_is_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "port").write_text(str(port))
        kept = looked(tmp_path)
        chosen = looked(tmp_path / "elsewhere", port)
    assert (kept.level, f"port {port}" in kept.text, f":{port}" in kept.advice) == ("fail", True, True)
    assert chosen.level == "fail"
    assert (looked(tmp_path).level, f"{port} is free" in looked(tmp_path).text) == ("warn", True)


def test_an_agent_that_runs_is_believed_only_when_somebody_answers_where_it_says(tmp_path: Path) -> None:
    with hold_folder(tmp_path):
        assert (looked(tmp_path).level, "has not said where" in looked(tmp_path).text) == ("warn", True)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            StatusFile(tmp_path).started(url, cloud=False)
            assert (looked(tmp_path).level, looked(tmp_path).text) == ("ok", f"the agent runs and listens on {url}")
        gone = looked(tmp_path)
    assert (gone.level, gone.text.startswith(f"the agent runs but {url} does not answer: ")) == ("fail", True)
