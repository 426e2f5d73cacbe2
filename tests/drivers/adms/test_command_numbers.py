from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.drivers.adms import command_numbers
from doorsync.drivers.adms.command_numbers import CommandNumbers


def test_no_number_is_given_twice_over_restarts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_numbers, "AHEAD", 3)
    given = [number for _ in range(5) for numbers in [CommandNumbers(tmp_path)] for number in [numbers.take() for _ in range(4)]]
    assert given == sorted(set(given))


def test_a_damaged_file_is_an_error_and_not_a_new_beginning(tmp_path: Path) -> None:
    (tmp_path / command_numbers.FILE).write_text("x")
    with pytest.raises(ValueError, match="invalid literal"):
        CommandNumbers(tmp_path)
