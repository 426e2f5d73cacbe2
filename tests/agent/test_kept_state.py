"""The count of hellos on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.agent.errors import StorageFailed
from doorsync.agent.kept_state import COUNT, State


def test_hello_counts_never_come_twice(folder: Path) -> None:
    assert [State(folder).next_count() for _ in range(3)] == [1, 2, 3]


def test_a_damaged_count_is_no_count(folder: Path) -> None:
    (folder / COUNT).write_text("many")
    with pytest.raises(StorageFailed):
        State(folder).next_count()
