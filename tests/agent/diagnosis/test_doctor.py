"""The diagnosis: every trouble is found with what to do about it, and no secret is ever in it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.agent import status_report
from doorsync.agent.cli import app
from doorsync.agent.diagnosis import hub as hub_checks
from doorsync.agent.diagnosis.terminals import host_and_port
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


def test_keys_that_others_can_read_are_a_failure(folder: Path, hub_url: str) -> None:
    (folder / "identity.json").chmod(0o644)
    code, lines = doctor(folder)
    assert code == 1
    assert line(lines, "can be read by other accounts").startswith("fail")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"error": "quarantined"}, "in quarantine"),
        ({"error": "other-hub-keys"}, "other keys than this agent listens to"),
        ({"error": "wrong-agent"}, "does not know this agent (wrong-agent)"),
        ("a portal", "no Doorsync hub"),
    ],
)
def test_what_the_hub_says_is_told(
    hub: Hub, folder: Path, hub_url: str, monkeypatch: pytest.MonkeyPatch, answer: object, told: str
) -> None:
    monkeypatch.setattr(hub, "next", lambda **_: answer)
    code, lines = doctor(folder)
    assert (code, line(lines, told)[:4]) == (1, "fail")


def test_a_hub_that_is_away_is_told_apart_from_a_name_that_is_not_known(folder: Path) -> None:
    move(folder, "http://127.0.0.1:1")
    assert line(doctor(folder)[1], "http://127.0.0.1:1 cannot be reached").startswith("fail")
    move(folder, "https://hub.invalid")
    assert line(doctor(folder)[1], "the name hub.invalid is not known").startswith("fail")


def test_a_clock_that_is_wrong_is_a_warning(folder: Path, hub_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Ahead:
            return cls.fromtimestamp(datetime.now(tz).timestamp() + 3600, tz)

    monkeypatch.setattr(hub_checks, "datetime", Ahead)
    assert line(doctor(folder)[1], "ahead of the hub's").startswith("warn")


def test_a_port_that_another_program_holds_is_a_failure(folder: Path, hub_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (folder / "port").write_text(str(taken.getsockname()[1]))
        code, lines = doctor(folder)
    assert (code, line(lines, "another program holds its port")[:4]) == (1, "fail")


def test_a_broken_driver_is_shown_with_its_reason(folder: Path, hub_url: str, broken_driver: Callable[[str], None]) -> None:
    broken_driver("no such library")
    code, lines = doctor(folder)
    assert (code, line(lines, "driver broken is broken")[:4]) == (1, "fail")
    assert "no such library" in line(lines, "driver broken is broken")


@pytest.fixture
def broken_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Installs a package whose driver fails as it is loaded."""

    def install(why: str) -> None:
        (tmp_path / "broken_driver.py").write_text(f"raise RuntimeError({why!r})")
        info = tmp_path / "broken_driver-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Name: broken-driver\nVersion: 1\n")
        (info / "entry_points.txt").write_text("[doorsync.drivers]\nbroken = broken_driver:Driver\n")
        monkeypatch.syspath_prepend(tmp_path)

    return install


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("10.0.0.5:8080", ("10.0.0.5", 8080)),
        ("https://admin:secret@gate.local:443/api", ("gate.local", 443)),
        ("[fe80::1]:80", ("fe80::1", 80)),
        ("010.000.0.5:80", ("10.0.0.5", 80)),
        ("/dev/ttyUSB0", None),
        ("host:99999", None),
    ],
)
def test_place_is_host_and_port_only(address: str, found: tuple[str, int] | None) -> None:
    assert host_and_port(address) == found
