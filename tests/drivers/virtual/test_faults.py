from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from doorsync.drivers.virtual import faults
from doorsync.drivers.virtual.faults import BadFault, Faults, FaultWatch


def test_nothing_is_wrong_unless_told(tmp_path: Path) -> None:
    assert faults.read(tmp_path) == Faults()


def test_tell_keeps_what_was_told_before(tmp_path: Path) -> None:
    faults.tell(tmp_path, delay=0.5)
    assert faults.tell(tmp_path, gone=True) == Faults(delay=0.5, gone=True)
    assert faults.tell(tmp_path, delay=0.0) == Faults(gone=True)
    faults.clear(tmp_path)
    faults.clear(tmp_path)
    assert faults.read(tmp_path) == Faults()


@pytest.mark.parametrize(
    "wrong",
    [{"fire": True}, {"gone": 1}, {"gone": "yes"}, {"lie": "sometimes"}, {"delay": -1}, {"delay": "1"}, {"flush_every": 1.5}],
)
def test_tell_refuses_what_is_no_fault_and_changes_nothing(tmp_path: Path, wrong: dict[str, Any]) -> None:
    faults.tell(tmp_path, full=True)
    with pytest.raises(BadFault):
        faults.tell(tmp_path, **wrong)
    assert faults.read(tmp_path) == Faults(full=True)


def test_watch_follows_the_file_and_ignores_nonsense_in_it(tmp_path: Path) -> None:
    watch = FaultWatch(tmp_path)
    assert watch.now() == Faults()
    faults.tell(tmp_path, lie="drop")
    assert watch.now() == Faults(lie="drop")
    (tmp_path / faults.FILE).write_text("{")
    os.utime(tmp_path / faults.FILE, ns=(1, 1))
    assert watch.now() == Faults(lie="drop")
    faults.clear(tmp_path)
    assert watch.now() == Faults()
