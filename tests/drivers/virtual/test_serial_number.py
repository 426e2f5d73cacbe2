"""The serial number of a virtual terminal stays, as that of a device does; its clock goes on from where it was set."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from doorsync.drivers.virtual import serial_number
from doorsync.drivers.virtual.serial_number import WALL, BadSerial


def test_number_is_made_once_and_stays(tmp_path: Path) -> None:
    serial_number.settle(tmp_path)
    first = serial_number.serial(tmp_path)
    assert first.startswith("VT")
    serial_number.settle(tmp_path)
    assert serial_number.serial(tmp_path) == first
    serial_number.replace(tmp_path)
    assert serial_number.serial(tmp_path) != first


def test_wished_number_is_kept_and_another_one_is_refused(tmp_path: Path) -> None:
    serial_number.settle(tmp_path, "A-1")
    serial_number.settle(tmp_path, "A-1")
    with pytest.raises(BadSerial, match="A-1"):
        serial_number.settle(tmp_path, "B-2")
    assert serial_number.read(tmp_path)["serial"] == "A-1"


@pytest.mark.parametrize("wished", ["a b", "é", "a" * 33, "a\n"])
def test_number_of_other_signs_is_refused_before_anything_is_written(tmp_path: Path, wished: str) -> None:
    with pytest.raises(BadSerial):
        serial_number.settle(tmp_path, wished)
    assert list(tmp_path.iterdir()) == []


def test_make_without_numbers_has_an_empty_one(tmp_path: Path) -> None:
    serial_number.settle(tmp_path, "")
    assert serial_number.serial(tmp_path) == ""


def test_clock_that_was_set_goes_on_from_there(tmp_path: Path) -> None:
    def off_by(seconds: int) -> timedelta:
        return datetime.strptime(serial_number.clock(tmp_path, seconds), WALL) - datetime.now()  # noqa: DTZ005, DTZ007 - walls

    assert abs(off_by(3600) - timedelta(hours=1)) < timedelta(minutes=1)
    serial_number.set_clock(tmp_path, (datetime.now() - timedelta(days=2)).strftime(WALL))  # noqa: DTZ005 - a clock on a wall
    assert abs(off_by(0) + timedelta(days=2)) < timedelta(minutes=1)
    with pytest.raises(ValueError, match="does not match"):
        serial_number.set_clock(tmp_path, "noon")
