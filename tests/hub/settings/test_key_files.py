"""Documents with private keys: made once, changed by one at a time, seen by every process, readable by their owner only."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorsync.hub.settings import key_files
from doorsync.hub.settings.config import config


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, setting: Callable[..., None]) -> Path:
    setting(DATA=str(tmp_path))
    return config().data / "keys"


def test_a_document_is_made_once_and_only_its_owner_reads_it(folder: Path) -> None:
    made = iter("abcdefgh")
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: key_files.document("some", lambda: next(made)), range(8)))
    assert len(found) == 1
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("some.json", 0o600)]


def test_changes_come_one_after_the_other_and_none_is_lost() -> None:
    key_files.document("some", lambda: "")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: key_files.change("some", str, lambda text: text + str(number)), range(8)))
    assert sorted(key_files.document("some", str)) == list("01234567")


def test_a_change_that_fails_leaves_what_was_there(folder: Path) -> None:
    key_files.document("some", lambda: "before")

    def broken(_: str) -> str:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        key_files.change("some", str, broken)
    assert key_files.document("some", str) == "before"
    assert [path.name for path in folder.iterdir()] == ["some.json"]


def test_what_another_process_changed_is_seen_at_once(tmp_path: Path) -> None:
    assert key_files.document("some", lambda: "before") == "before"
    change = "from doorsync.hub.settings import key_files; key_files.change('some', str, lambda text: text[::-1])"
    subprocess.run([sys.executable, "-c", change], env={"DOORSYNC_DATA": str(tmp_path)}, check=True)
    assert key_files.document("some", str) == "erofeb"
