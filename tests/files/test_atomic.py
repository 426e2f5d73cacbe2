"""A file holds what it held before or all that was written, whenever a process is killed, and only its owner reads it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorsync.files import atomic

WRITE = "import sys; from pathlib import Path; from doorsync.files import atomic; atomic.write(Path(sys.argv[1]), sys.argv[2])"


def written_by_another(path: Path, text: str, **environment: str) -> int:
    return subprocess.run([sys.executable, "-c", WRITE, str(path), text], env=environment, check=False).returncode


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was brought to the disk, and of what was moved into place, in order."""
    seen: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_sync(descriptor: int) -> None:
        seen.append("sync " + Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def note_move(path: Path, target: Path) -> Path:
        seen.append(f"move {path.name} {target.name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_move)
    return seen


@pytest.mark.parametrize("step", atomic.POINTS)
def test_kill_before_the_move_leaves_what_was_there(tmp_path: Path, step: str) -> None:
    path = tmp_path / "file"
    assert written_by_another(path, "first", DOORSYNC_CRASH_AT=step) == -signal.SIGKILL
    assert not path.exists()
    atomic.write(path, "before")
    assert written_by_another(path, "a longer text than before", DOORSYNC_CRASH_AT=step) == -signal.SIGKILL
    assert path.read_text() == "before"
    assert written_by_another(path, "after") == 0
    assert path.read_text() == "after"
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208 - names only


def test_only_the_owner_reads_it_whatever_was_there(tmp_path: Path) -> None:
    path, draft = tmp_path / "file", tmp_path / ".file.draft"
    path.touch(mode=0o644)
    draft.touch(mode=0o644)
    for durable in (True, False):
        atomic.write(path, "secret", durable=durable)
        assert path.stat().st_mode & 0o777 == 0o600


def test_text_is_on_the_disk_before_the_move_and_the_name_after_it(tmp_path: Path, synced: list[str]) -> None:
    atomic.write(tmp_path / "file", "text")
    assert synced == ["sync .file.draft", "move .file.draft file", f"sync {tmp_path.name}"]


def test_what_need_not_last_does_not_wait_for_the_disk(tmp_path: Path, synced: list[str]) -> None:
    atomic.write(tmp_path / "file", "text", durable=False)
    assert synced == ["move .file.draft file"]


def test_writers_at_once_leave_the_whole_text_of_one_of_them(tmp_path: Path) -> None:
    path = tmp_path / "file"
    texts = [letter * 100_000 for letter in "abcdefgh"]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            list(pool.map(lambda text: atomic.write(path, text, durable=False), texts))
            assert path.read_text() in texts
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    atomic.write(path, "before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        atomic.write(path, "after")
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_new_folder_is_private_and_on_the_disk(tmp_path: Path, synced: list[str]) -> None:
    folder = tmp_path / "new"
    atomic.make_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert synced == [f"sync {tmp_path.name}"]


def test_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir(mode=0o750)
    atomic.make_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o750
