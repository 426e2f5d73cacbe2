"""Locks keep other processes and threads out, and end with the process that holds them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from doorsync.files.lock import AlreadyLocked, is_locked, take_lock, wait_for_lock

HOLD = "import sys; from pathlib import Path; from doorsync.files.lock import take_lock; lock = take_lock(Path(sys.argv[1])); "


def test_lock_keeps_others_out_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with take_lock(path):
        assert is_locked(path)
        with pytest.raises(AlreadyLocked):
            take_lock(path)
    assert not is_locked(path)
    with take_lock(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o600


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    words = [sys.executable, "-c", HOLD + "print('held', flush=True); sys.stdin.read()", str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        assert is_locked(path)
        with pytest.raises(AlreadyLocked):
            take_lock(path)
        other.kill()
        other.wait()
        assert not is_locked(path)
        take_lock(path).close()


def test_waiting_ends_when_the_lock_is_released(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    begun, had_it = Event(), Event()

    def wait() -> None:
        begun.set()
        with wait_for_lock(path):
            had_it.set()

    with take_lock(path):
        other = Thread(target=wait)
        other.start()
        assert begun.wait(30)
        assert not had_it.is_set()
    assert had_it.wait(30)
    other.join()


def test_folder_can_be_locked_and_nothing_is_put_into_it(tmp_path: Path) -> None:
    with wait_for_lock(tmp_path):
        assert is_locked(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_asking_makes_no_file_and_keeps_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_locked(path)
    assert not path.exists()
    take_lock(path).close()
    assert not is_locked(path)


def test_lock_that_cannot_be_opened_is_an_error_of_the_system(tmp_path: Path) -> None:
    for lock in (take_lock, wait_for_lock):
        with pytest.raises(FileNotFoundError):
            lock(tmp_path / "nowhere" / "lock")
