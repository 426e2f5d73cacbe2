"""The diagnosis: every trouble is found with what to do about it, and no secret is ever in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.agent import status_report
from doorsync.agent.cli import app
from doorsync.agent.identity import Identity
from doorsync.agent.status_file import StatusFile
from tests.agent.courier import AgentProcess, served
from tests.agent.hub import CARD, CODE, PIN, Hub, person
from tests.factories.terminals import VirtualTerminal, until

PROXY_PASSWORD = "GEHEIMES-WORT"


@pytest.fixture
def hub_url(hub: Hub, folder: Path) -> Iterator[str]:
    """The agent is enrolled at a hub that answers."""
    with served(hub) as url:
        move(folder, url)
        yield url


def move(folder: Path, url: str) -> None:
    path = folder / "identity.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "hub_url": url}))
    path.chmod(0o600)
    folder.chmod(0o700)


def doctor(folder: Path) -> tuple[int, list[str]]:
    done = CliRunner().invoke(app, ["doctor", "--data", str(folder)])
    return done.exit_code, done.output.splitlines()


def line(lines: list[str], text: str) -> str:
    found = [each for each in lines if text in each]
    assert len(found) == 1, (text, lines)
    return found[0]


def failing(lines: list[str]) -> list[str]:
    return [each for each in lines if each.startswith("fail")]


def test_an_agent_at_work_is_well_and_no_secret_is_told(
    hub: Hub, folder: Path, hub_url: str, gate: VirtualTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.terminals["gate"].wanted = {"1": person("Alice Example")}
    hub.terminals["gate"].address = gate.address
    agent = AgentProcess(folder, {"DOORSYNC_AGENT_CLOUD": "true"})
    agent.start()
    until(lambda: hub.receipts, "no receipt came")
    until(lambda: "connected" in (folder / "status.json").read_text(), "it never said that it is connected")
    code, lines = doctor(folder)
    said = CliRunner().invoke(app, ["status", "--data", str(folder)]).output
    assert agent.stop() == 0

    assert (code, failing(lines)) == (0, [])
    assert line(lines, "answers and knows this agent").startswith("ok")
    assert line(lines, "the agent runs and listens on").startswith("ok")
    assert line(lines, f"terminal gate (virtual) at {gate.address} accepts a connection; last result: done").startswith("ok")
    assert line(lines, "this clock agrees").startswith("ok")
    identity = Identity.load(folder)
    assert identity.keys.public.fingerprint() in line(lines, "own key")
    assert "connected to the hub since" in said
    assert f"gate {gate.address} (virtual)" in said
    _no_secret(identity, "\n".join(lines) + said, (folder / "status.json").read_text())


def test_no_secret_is_told_when_all_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move(folder, "http://127.0.0.1:1")
    (folder / "agent.toml").write_text(f'proxy = "http://me:{PROXY_PASSWORD}@127.0.0.1:1"\n')
    address = f"http://admin:{PROXY_PASSWORD}@127.0.0.1:1/x"
    StatusFile(folder).answered("gate", make="virtual", address=address, state="not-reached", message="No answer.")
    code, lines = doctor(folder)
    assert code == 1
    assert "http://127.0.0.1:1" in line(lines, "proxy = ")
    assert line(lines, "the proxy did not let this agent through").startswith("fail")
    assert line(lines, "terminal gate (virtual) at 127.0.0.1:1 does not answer").startswith("fail")
    monkeypatch.setenv("DOORSYNC_AGENT_PROXY", f"http://me:{PROXY_PASSWORD}@[")
    _no_secret(Identity.load(folder), "\n".join([*lines, *doctor(folder)[1]]))


def test_terminals_are_called_by_their_names(folder: Path) -> None:
    last = {"make": "virtual", "address": "127.0.0.1:1", "state": "not-reached", "message": "No answer."}
    StatusFile(folder).answered("Xy7", name="Main gate", **last)
    assert line(doctor(folder)[1], "terminal Main gate (virtual) at 127.0.0.1:1 does not answer")
    assert any(text.startswith("  Main gate 127.0.0.1:1 (virtual)") for text in status_report.report_lines(folder))


def _no_secret(identity: Identity, *said: str) -> None:
    keys = identity.keys.as_dict()
    secrets = [keys["sign"]["d"], keys["seal"]["d"], PIN, CARD, CODE, "Alice", PROXY_PASSWORD]
    assert [secret for secret in secrets if any(secret in text for text in said)] == []


def test_an_agent_that_is_not_enrolled_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "agent").mkdir(mode=0o700)
    code, lines = doctor(tmp_path / "agent")
    assert code == 1
    assert line(lines, "not enrolled").startswith("fail")
    assert "doorsync agent enrol" in line(lines, "-> Make a code")
