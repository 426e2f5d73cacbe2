"""The agent's data folder: for one agent at a time, for its own account, and errors that say what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from doorsync.agent import data_folder
from doorsync.agent.errors import FolderInUse, StorageFailed


def test_one_agent_holds_the_folder(tmp_path: Path) -> None:
    with data_folder.hold_folder(tmp_path), pytest.raises(FolderInUse, match="already"), data_folder.hold_folder(tmp_path):
        pass
    with data_folder.hold_folder(tmp_path):
        pass


def test_root_keeps_out_of_the_folder_of_another_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(StorageFailed, match="not as root"), data_folder.hold_folder(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="Cannot use the data folder"), data_folder.hold_folder(tmp_path / "file" / "agent"):
        pass


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    data_folder.write(tmp_path / "x", "old")
    (tmp_path / ".x.draft").mkdir()
    with pytest.raises(StorageFailed, match="Cannot write"):
        data_folder.write(tmp_path / "x", "new")
    assert (tmp_path / "x").read_text() == "old"
