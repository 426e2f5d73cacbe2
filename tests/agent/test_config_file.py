"""The settings file with comments: it changes nothing, and every line of it can be used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from doorsync.agent import config_file, settings
from doorsync.agent.config import Config


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOORSYNC_AGENT_DATA", str(tmp_path))
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(text)
    return path


def test_the_written_file_changes_nothing_and_names_every_setting_but_its_own_folder(own_folder: Path) -> None:
    before = settings.read_settings().config
    config_file.write_once(own_folder / "agent.toml")
    assert settings.read_settings().config == before
    named = set(re.findall(r"^# (\w+) = ", config_file.settings_file_text(), re.MULTILINE))
    assert named == set(Config.model_fields) - {"data"}


def test_every_line_of_the_file_can_be_used_as_it_stands(own_folder: Path) -> None:
    uncommented = re.sub(r"^# (\w+ = )", r"\1", config_file.settings_file_text(), flags=re.MULTILINE)
    write(own_folder, uncommented)
    assert settings.read_settings().config == Config()
    assert len(tomllib.loads(uncommented)) == len(Config.model_fields) - 1


def test_a_file_that_is_there_is_left_alone(own_folder: Path) -> None:
    path = write(own_folder, "port = 7000\n")
    config_file.write_once(path)
    assert path.read_text() == "port = 7000\n"
