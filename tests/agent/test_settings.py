"""Where settings come from, which of two wins, and that every fault is told, all at once, and nothing that was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.agent import settings
from doorsync.agent.cli import app
from doorsync.agent.config import Config
from doorsync.agent.errors import BadSettings


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOORSYNC_AGENT_DATA", str(tmp_path))
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(text)
    return path


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(own_folder, 'port = 1\nhost = "10.0.0.1"\nterminal_timeout = 3\nhosts = ["a:1"]\n')
    monkeypatch.setenv("DOORSYNC_AGENT_PORT", "2")
    monkeypatch.setenv("DOORSYNC_AGENT_HOST", "10.0.0.2")
    read = settings.read_settings({"port": 3, "data": None})
    config = read.config
    assert (config.port, config.host, config.terminal_timeout, config.hosts) == (3, "10.0.0.2", 3.0, ["a:1"])
    sources = {name: read.sources[name] for name in ("port", "host", "terminal_timeout", "cloud")}
    assert sources == {"port": "command line", "host": "environment", "terminal_timeout": str(path), "cloud": "default"}


def test_another_file_may_name_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOORSYNC_AGENT_DATA")
    other = tmp_path / "elsewhere.toml"
    other.write_text(f'data = "{tmp_path / "there"}"\n')
    assert settings.read_settings(file=other).config.data == tmp_path / "there"


def test_all_faults_are_told_at_once_each_with_its_place(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(own_folder, 'prot = 5\nanswer_within = "soon"\nnonce_life = 61\nproxy = "socks5://me:GEHEIM@p"\ndata = "x"\n')
    monkeypatch.setenv("DOORSYNC_AGENT_PORT", "70000")
    monkeypatch.setenv("DOORSYNC_AGENT_CLUOD", "false")
    with pytest.raises(BadSettings) as caught:
        settings.read_settings()
    told = str(caught.value).splitlines()
    assert told[0] == "These settings cannot be used:"
    for start in (
        f"  data: does not belong into {path}",
        "  DOORSYNC_AGENT_CLUOD: there is no such setting.",
        f"  prot: there is no such setting ({path}).",
        "  DOORSYNC_AGENT_PORT: input should be less than or equal to 65535.",
        f"  answer_within ({path}): ",
        f"  nonce_life ({path}): ",
        f"  proxy ({path}): ",
    ):
        assert any(line.startswith(start) for line in told), (start, told)
    assert len(told) == 8
    assert "GEHEIM" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"), [("HOSTS", "gate-pc"), ("ORIGINS", "[http"), ("PROXY", "proxy:3128"), ("PROXY", "http://[:1")]
)
def test_one_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"DOORSYNC_AGENT_{name}", value)
    with pytest.raises(BadSettings, match=f"DOORSYNC_AGENT_{name}: "):
        settings.read_settings()


def test_a_file_that_is_no_toml_says_where(own_folder: Path) -> None:
    write(own_folder, "port = \n")
    with pytest.raises(BadSettings, match="line 1"):
        settings.read_settings()


@pytest.mark.parametrize("content", ["port = 1\nport = 2\n", 'hosts = ["a"\n', "\xff"])
def test_a_file_that_cannot_be_read_is_named_beside_the_other_faults(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    path = own_folder / "agent.toml"
    path.write_bytes(content.encode("latin-1"))
    monkeypatch.setenv("DOORSYNC_AGENT_PORT", "70000")
    with pytest.raises(BadSettings) as caught:
        settings.read_settings()
    assert f"  {path} cannot be read: " in str(caught.value)
    assert "  DOORSYNC_AGENT_PORT: input should be less than or equal to 65535." in str(caught.value)


def test_a_folder_in_the_place_of_the_file_is_no_file_without_settings(own_folder: Path) -> None:
    (own_folder / "agent.toml").mkdir()
    with pytest.raises(BadSettings, match=r"agent\.toml cannot be read: Is a directory"):
        settings.read_settings()


def test_a_setting_in_the_environment_is_told_to_come_from_there_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("doorsync_agent_port", "2")
    read = settings.read_settings()
    assert (read.config.port, read.sources["port"]) == (2, "environment")


@pytest.mark.parametrize("command", ["run", "status", "doctor"])
def test_wrong_settings_stop_every_command(own_folder: Path, command: str) -> None:
    write(own_folder, "prot = 5\n")
    done = CliRunner().invoke(app, [command])
    assert (done.exit_code, "prot: there is no such setting" in done.output) == (1, True)


@pytest.mark.requirement("O-02", mutation="the agent looks only at names that begin with its own prefix")
@pytest.mark.parametrize("name", ["DOORSYNC_AGNT_PORT", "DOORSYNC_PUBLC_URL", "doorsync_agentport"])
def test_a_name_that_is_nobodys_setting_stops_the_agent(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(BadSettings, match=f"{name}: there is no such setting. The agent's begin with DOORSYNC_AGENT_."):
        settings.read_settings()


def test_the_setting_that_was_meant_is_named(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(own_folder, "prot = 5\n")
    monkeypatch.setenv("DOORSYNC_AGENT_CLUOD", "false")
    with pytest.raises(BadSettings) as caught:
        settings.read_settings()
    assert "Did you mean DOORSYNC_AGENT_CLOUD?" in str(caught.value)
    assert "Did you mean port?" in str(caught.value)


def test_the_hubs_settings_may_stand_beside_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from doorsync.hub.entry.unknown_settings import MORE
    from doorsync.hub.settings.config import Config as HubConfig

    assert {name.upper() for name in HubConfig.model_fields} | MORE == settings.HUBS
    for name in settings.HUBS - {"CRASH_AT"}:
        monkeypatch.setenv(f"DOORSYNC_{name}", "x")
    assert settings.read_settings().config == Config()
