from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doorsync.drivers.virtual import abilities
from doorsync.drivers.virtual.abilities import STANDARD, BadAbility, Denied, check_schedule, check_user

USER: dict[str, Any] = {
    "key": "1",
    "name": "Alice",
    "cards": ["200"],
    "pin": "1234",
    "schedules": ["1"],
    "until": "2027-01-31T18:00",
}
SCHEDULE: dict[str, Any] = {"key": "1", "name": "Always", "slots": [["1", "00:00", "24:00"], ["7", "08:30", "12:00"]]}


def test_abilities_are_given_once_and_kept(tmp_path: Path) -> None:
    assert abilities.settle(tmp_path, {"capacity": 5}) == {**STANDARD, "capacity": 5}
    assert abilities.settle(tmp_path, {}) == {**STANDARD, "capacity": 5}
    assert abilities.settle(tmp_path, {"capacity": 5})["capacity"] == 5
    with pytest.raises(BadAbility, match="made with capacity = 5"):
        abilities.settle(tmp_path, {"capacity": 6})


@pytest.mark.parametrize(
    "wished",
    [{"wings": 2}, {"capacity": -1}, {"capacity": "5"}, {"until": 1}, {"readable": ["iris"]}, {"remote_doors": ["front"]}],
)
def test_impossible_abilities_are_refused_before_anything_is_made(tmp_path: Path, wished: dict[str, Any]) -> None:
    with pytest.raises(BadAbility):
        abilities.settle(tmp_path, wished)
    assert list(tmp_path.iterdir()) == []


def test_a_well_formed_entry_is_taken() -> None:
    check_user(USER, STANDARD)
    check_user({**USER, "pin": "", "cards": [], "schedules": [], "until": ""}, STANDARD)
    check_schedule(SCHEDULE, STANDARD)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": ""}, "malformed"),
        ({"key": "k" * 65}, "malformed"),
        ({"key": 1}, "malformed"),
        ({"name": None}, "malformed"),
        ({"name": "é" * 25}, "too-long"),
        ({"cards": "200"}, "malformed"),
        ({"cards": ["2OO"]}, "malformed"),
        ({"cards": ["٢"]}, "malformed"),
        ({"cards": ["1", "2"]}, "too-many-cards"),
        ({"cards": [str(2**64)]}, "too-long"),
        ({"pin": "12a4"}, "malformed"),
        ({"pin": 1234}, "malformed"),
        ({"pin": "123"}, "too-long"),
        ({"pin": "123456789"}, "too-long"),
        ({"schedules": [1]}, "malformed"),
        ({"schedules": ["1"] * 9}, "too-many-schedules"),
        ({"until": "tomorrow"}, "malformed"),
        ({"surprise": 1}, "malformed"),
    ],
)
def test_users_that_it_cannot_hold_are_refused_with_a_code(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Denied, match=f"^{code}$"):
        check_user({**USER, **change}, STANDARD)


def test_an_expiry_is_refused_where_there_is_no_room_for_one() -> None:
    with pytest.raises(Denied, match="unsupported"):
        check_user(USER, {**STANDARD, "until": False})


@pytest.mark.parametrize(
    "slots",
    [None, [[]], [["8", "00:00", "24:00"]], [["1", "08:00", "08:00"]], [["1", "8:00", "9:00"]], [["1", "08:00", "24:01"]]],
)
def test_schedules_that_are_none_are_refused(slots: object) -> None:
    with pytest.raises(Denied, match="malformed"):
        check_schedule({**SCHEDULE, "slots": slots}, STANDARD)
