"""How users are written for programs: dates, flags, and the row that says what was wrong."""

from __future__ import annotations

from typing import Any

import pytest

from doorsync.hub.esws.users.rows import USER_FIELDS, array_of, told_expiry, told_start, user_row
from doorsync.hub.users.models import User
from doorsync.hub.users.reading import FullUser


@pytest.mark.parametrize(
    ("wall", "with_time", "told"),
    [
        ("", True, ""),
        ("", False, ""),
        ("2027-03-01T08:30", True, "2027-03-01 08:30:00"),
        ("2027-03-01T08:30", False, "2027-03-01"),
        ("2027-03-01T00:00", True, "2027-03-01 00:00:00"),
        ("2027-03-01T00:00", False, "2027-02-28"),  # midnight ends the day before
        ("2027-01-01T00:00", False, "2026-12-31"),
    ],
)
def test_expiry_without_its_time_is_the_last_day_with_access(wall: str, with_time: bool, told: str) -> None:
    assert told_expiry(wall, with_time=with_time) == told


def test_start_at_midnight_is_that_day() -> None:
    assert told_start("2027-03-01T00:00", with_time=False) == "2027-03-01"


def test_row_has_all_fields_and_no_qr() -> None:
    info = {name: "" for name in USER_FIELDS if name.startswith("info")}
    user = User(number=7, last_name="O", active=False)
    full = FullUser(user=user, info=info, credentials={"card": ["1", "2"], "qr": ["geheim"]})
    row = user_row(full, with_time=False)
    assert set(row) == set(USER_FIELDS)
    assert (row["UserId"], row["CardId"], row["PIN"], row["Active"]) == ("7", "1;2", "", "0")
    assert "geheim" not in row.values()


def test_element_is_escaped_and_a_problem_stands_in_the_first_field() -> None:
    row: Any = array_of("o", "a", "b").item
    assert row.problem("NO") == {"a": "NO", "b": ""}
    written = row.write("item", {"a": "<b>&", "b": "{a}"})
    assert ">&lt;b&gt;&amp;</a>" in written
    assert ">{a}</b>" in written
