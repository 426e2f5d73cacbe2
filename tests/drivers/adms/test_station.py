"""The station: it talks to terminals that somebody uses, and tells others nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.drivers.adms.station import KNOCKED, OK, STRANGER, Station


@pytest.fixture
def back() -> list[str]:
    """The terminals that were told to be back."""
    return []


@pytest.fixture
def station(tmp_path: Path, back: list[str]) -> Station:
    return Station(tmp_path, back.append)


def test_a_terminal_that_nobody_uses_is_told_nothing_and_remembered(station: Station, back: list[str]) -> None:
    answers = [station.begin("ABC123"), station.poll("ABC123", ""), station.acknowledge("ABC123", "ID=1&Return=0&CMD=X")]
    answers += [
        station.upload("ABC123", "USER PIN=1\tName=Eve"),
        station.take_events("ABC123", "1\t2026-01-01 12:00:00\t0\t1\t0"),
    ]
    assert answers == [STRANGER] * 5
    assert list(station.knocked) == ["ABC123"]
    assert back == []


@pytest.mark.parametrize("serial", ["", "abc", "../etc/passwd", "A" * 33, "<script>"])
def test_rubbish_for_a_serial_number_is_not_remembered(station: Station, serial: str) -> None:
    assert station.begin(serial) == STRANGER
    assert list(station.knocked) == []


def test_of_those_that_knock_only_the_last_are_kept(station: Station) -> None:
    for number in range(KNOCKED + 5):
        station.begin(f"DEV{number:04}")
    assert (len(station.knocked), station.knocked[0], station.knocked[-1]) == (KNOCKED, "DEV0005", f"DEV{KNOCKED + 4:04}")


def test_a_terminal_that_is_used_is_known_after_a_restart_too(station: Station, tmp_path: Path, back: list[str]) -> None:
    station.lane("ABC123", hours=1)
    assert station.begin("ABC123").status == 200
    assert station.poll("ABC123", "").text == "OK"
    assert back == ["ABC123"]
    again = Station(tmp_path, back.append)
    assert again.acknowledge("ABC123", "") == OK
    assert again.begin("DEF456") == STRANGER
    assert list(station.knocked) == []


def test_one_terminal_has_one_lane_whoever_asks(station: Station) -> None:
    assert station.lane("ABC123") is station.lane("ABC123", hours=2)
    assert station.lane("ABC124") is not station.lane("ABC123")
