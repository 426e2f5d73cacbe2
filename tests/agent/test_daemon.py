"""The agent as a program: its port, its end, and what it says when it cannot start."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.agent.cli import app
from doorsync.agent.config import Config
from doorsync.agent.daemon import accepted_hosts
from tests.agent.courier import Make, served
from tests.agent.hub import CODE, Hub
from tests.factories.patience import PATIENCE


def invoke(*arguments: str | Path, said: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=said)
    return result.exit_code, result.output


def test_the_agent_keeps_its_port_and_ends_cleanly(agent_in: Make) -> None:
    agent = agent_in()
    urls = []
    for number in (signal.SIGTERM, signal.SIGINT):
        agent.start()
        urls.append(agent.url)
        assert agent.stop(number) == 0
    assert urls[0] == urls[1]


def test_a_kept_port_that_is_taken_costs_only_the_number_and_a_line_in_the_log(folder: Path, agent_in: Make) -> None:
    agent = agent_in()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (folder / "port").write_text(str(port))
        agent.start()
        assert agent.url != f"http://127.0.0.1:{port}"
        assert agent.stop() == 0
    assert "taken by another program" in (folder / "log").read_text()


def test_run_without_enrolment_says_what_to_do(tmp_path: Path) -> None:
    code, said = invoke("run", "--data", tmp_path)
    assert (code, "doorsync agent enrol" in said) == (1, True)


def test_run_on_a_port_in_use_says_so(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = invoke("run", "--data", folder, "--port", str(taken.getsockname()[1]))
    assert (code, "Address already in use" in said) == (1, True)


def test_run_in_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = invoke("run", "--data", tmp_path / "file" / "agent")
    assert (code, "Cannot use the data folder" in said) == (1, True)


def test_a_second_agent_in_one_folder_is_refused(folder: Path, agent_in: Make) -> None:
    agent = agent_in()
    agent.start()
    code, said = invoke("run", "--data", folder)
    assert (code, "already" in said) == (1, True)
    assert agent.stop() == 0


def test_a_setting_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOORSYNC_AGENT_NONCE_LIFE", "600")
    code, said = invoke("run", "--data", tmp_path)
    assert (code, "DOORSYNC_AGENT_NONCE_LIFE" in said) == (1, True)


def test_enrol_reads_the_code_from_standard_input_and_says_who_the_agent_is_now(tmp_path: Path) -> None:
    with served(Hub()) as url:
        code, said = invoke("enrol", url, "--data", tmp_path / "agent", said=f"{CODE}\n")
    assert (code, said.splitlines()[0]) == (0, "This is now the agent 'Desk' of the company 'gym'.")
    assert "doorsync agent run" in said


def test_enrol_says_what_went_wrong(tmp_path: Path) -> None:
    code, said = invoke("enrol", "http://127.0.0.1:1", "--data", tmp_path / "agent", said=f"{CODE}\n")
    assert (code, "cannot be reached" in said) == (1, True)
    assert CODE not in said


def test_enrol_with_closed_standard_input_says_that_no_code_came(tmp_path: Path) -> None:
    words = f"{sys.executable} -m doorsync agent enrol http://127.0.0.1:9 --data {tmp_path / 'agent'} <&-"

    ended = subprocess.run(["/bin/sh", "-c", words], check=False, capture_output=True, text=True, timeout=PATIENCE)

    assert (ended.returncode, "Not a valid enrolment code" in ended.stderr) == (1, True)


def test_hosts_are_the_names_on_its_own_port_and_those_it_was_given() -> None:
    config = Config(host="192.168.1.5", hosts=["gate-pc.example.com:8443"])
    assert accepted_hosts(config, 8787) == {
        "192.168.1.5:8787",
        "127.0.0.1:8787",
        "localhost:8787",
        "[::1]:8787",
        "gate-pc.example.com:8443",
    }
