"""The demo's folder: what it keeps survives, and two demos never share it."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.hub.entry.demo.layout import DemoLayout
from doorsync.hub.entry.startup import NotReady


def test_a_word_is_kept_for_the_next_start_and_one_that_never_was_is_empty(tmp_path: Path) -> None:
    with DemoLayout(tmp_path).held():
        DemoLayout(tmp_path).keep("day", "second day")
    assert (DemoLayout(tmp_path).kept("day"), DemoLayout(tmp_path).kept("night")) == ("second day", "")


def test_a_second_demo_in_the_same_folder_is_told_what_to_do(tmp_path: Path) -> None:
    with DemoLayout(tmp_path).held(), pytest.raises(NotReady, match="DOORSYNC_DATA"), DemoLayout(tmp_path).held():
        pass
    with DemoLayout(tmp_path).held():
        assert DemoLayout(tmp_path).own.stat().st_mode & 0o077 == 0
