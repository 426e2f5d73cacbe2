"""What people do to terminals without the hub: what is left in the memory, and who answers at which port."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from doorsync.drivers.virtual import serial_number, tampering
from doorsync.drivers.virtual.memory import Memory
from doorsync.drivers.virtual.simulator import PORT
from doorsync.drivers.virtual.tampering import CannotDo


@pytest.fixture
def terminal(tmp_path: Path) -> Path:
    return made(tmp_path / "one", "4001")


def made(folder: Path, port: str) -> Path:
    folder.mkdir()
    (folder / PORT).write_text(port)
    serial_number.settle(folder)
    return folder


def keys(folder: Path) -> set[str]:
    with closing(Memory(folder)) as memory:
        return {entry["key"] for entry in memory.after("user", "", 10)}


def test_somebody_enrolled_is_there_until_the_terminal_is_emptied(terminal: Path) -> None:
    tampering.enrol(terminal, key="7", name="Mallory", cards=["12"])
    assert keys(terminal) == {"7"}
    number = serial_number.serial(terminal)
    tampering.empty(terminal)
    assert (keys(terminal), serial_number.serial(terminal)) == (set(), number)
    tampering.empty(terminal, replaced=True)
    assert serial_number.serial(terminal) != number


def test_two_terminals_exchange_their_ports(terminal: Path, tmp_path: Path) -> None:
    other = made(tmp_path / "other", "4002")
    tampering.swap(terminal, other)
    assert ((terminal / PORT).read_text(), (other / PORT).read_text()) == ("4002", "4001")


def test_folder_without_a_terminal_is_refused_and_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="no terminal"):
        tampering.enrol(tmp_path, key="7", name="M")
    with pytest.raises(CannotDo, match="no terminal"):
        tampering.empty(tmp_path)
    assert list(tmp_path.iterdir()) == []
