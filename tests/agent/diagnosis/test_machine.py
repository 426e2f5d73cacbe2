"""What the machine tells of itself: folder, drivers, settings; each trouble with what to do, and no secret."""

from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from doorsync.agent.config import Config
from doorsync.agent.diagnosis import machine
from doorsync.agent.diagnosis.machine import ROOM, bare_address
from doorsync.agent.settings import Settings

Usage = namedtuple("Usage", "total used free")


def test_a_private_folder_is_well_and_what_others_can_read_is_a_failure_file_by_file(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "status.json").touch(0o600)
    assert [each.level for each in machine.folder(tmp_path)] == ["ok"]

    (tmp_path / "identity.json").touch()
    (tmp_path / "identity.json").chmod(0o640)
    (found,) = machine.folder(tmp_path)
    assert found.level == "fail"
    assert found.text == f"{tmp_path / 'identity.json'} can be read by other accounts"
    tmp_path.chmod(0o701)
    assert [each.level for each in machine.folder(tmp_path)] == ["fail", "fail"]


def test_a_folder_that_is_not_there_says_how_to_get_one(tmp_path: Path) -> None:
    (found,) = machine.folder(tmp_path / "nowhere")
    assert (found.level, "--data" in found.advice) == ("fail", True)


@pytest.mark.parametrize(("free", "levels"), [(ROOM, ["ok"]), (ROOM - 1, ["ok", "warn"])])
def test_a_disk_that_is_nearly_full_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, levels: list[str]
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free))
    assert [each.level for each in machine.folder(tmp_path)] == levels


def test_a_broken_driver_is_shown_with_its_reason_beside_those_that_work(broken_driver: Callable[[str], None]) -> None:
    broken_driver("no such library")
    found = {each.text: each.level for each in machine.drivers()}
    assert found["driver virtual"] == "ok"
    (broken,) = [text for text, level in found.items() if level == "fail"]
    assert broken.startswith("driver broken is broken: ")
    assert "no such library" in broken


def test_settings_are_told_with_their_source_and_of_the_proxy_only_where_it_is(tmp_path: Path) -> None:
    config = Config.model_validate({"data": tmp_path, "proxy": "http://somebody:sesame@proxy.example.com:3128", "hosts": []})
    found = Settings(config=config, file=tmp_path / "agent.toml", sources={"proxy": "agent.toml", "hosts": "default"})
    assert [each.text for each in machine.settings(found)] == [
        f"settings file: {tmp_path / 'agent.toml'} (not there: written at the first start)",
        "proxy = http://proxy.example.com:3128 (agent.toml)",
        "hosts = none (default)",
    ]


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        ("http://me:secret@proxy:3128", "http://proxy:3128"),
        ("https://proxy", "https://proxy"),
        ("http://me:secret@[fe80::1]:3128", "http://[fe80::1]:3128"),
        ("me:secret@proxy:3128", "http://proxy:3128"),
    ],
)
def test_a_bare_address_has_neither_name_nor_password(address: str, bare: str) -> None:
    assert bare_address(address) == bare


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
