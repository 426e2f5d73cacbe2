from __future__ import annotations

from datetime import datetime

import pytest

from doorsync.hub.esws.log_times import BadTime, first_moment, moment_after


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-11-27 08:31:07", "2026-11-27 08:31:07", "2026-11-27 08:31:08"),
        (" 2026-11-27 8:3:7\n", "2026-11-27 08:03:07", "2026-11-27 08:03:08"),
        ("2026-11-27 08:31", "2026-11-27 08:31", "2026-11-27 08:32"),
        ("2026-11-27", "2026-11-27", "2026-11-28"),
        ("2026-12-31 23:59:59", "2026-12-31 23:59:59", "2027-01-01"),
        ("2026-11-27 24:00:00", "2026-11-28", "2026-11-28"),
        ("2026-11-27T24:00", "2026-11-28", "2026-11-28"),
        ("2026-11-27T08:31:07", "2026-11-27 08:31:07", "2026-11-27 08:31:08"),
        ("2026-11-27T08:31:07.1234567", "2026-11-27 08:31:07", "2026-11-27 08:31:08"),
        ("2026-11-27T08:31:07.5Z", "2026-11-27 08:31:07+00:00", "2026-11-27 08:31:08+00:00"),
        ("2026-11-27T08:31:07+01:00", "2026-11-27 08:31:07+01:00", "2026-11-27 08:31:08+01:00"),
        ("2026-11-27 08:31 -0500", "2026-11-27 08:31-05:00", "2026-11-27 08:32-05:00"),
    ],
)
def test_times_are_taken_as_programs_write_them(text: str, first: str, after: str) -> None:
    assert (first_moment(text), moment_after(text)) == (datetime.fromisoformat(first), datetime.fromisoformat(after))


@pytest.mark.parametrize("text", ["", " \n", "0000-00-00 00:00:00", "0001-01-01T00:00:00", "0001-01-01"])
def test_what_stands_for_no_time_is_no_limit(text: str) -> None:
    assert first_moment(text) is None
    assert moment_after(text) is None


@pytest.mark.parametrize("text", ["9999-12-31", "9999-12-31 23:59:59", "9999-12-31T23:59:59.9999999", "9999-12-31T24:00"])
def test_the_last_day_of_the_calendar_is_no_end(text: str) -> None:
    assert moment_after(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "27-11-2026", "2026-02-30", "2026-11-27 25:00", "2026-11-27 08:31:07 CET", "2026-11-27+01:00"),
        *("x 24:00", "9999-12-31 24:01", "2026-11-27 08:31:07 PM", "08:31", "2026-11-27 08:31:07+99:99", "2026-11-27 08"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        first_moment(text)


def test_the_end_of_the_last_day_of_the_calendar_is_refused_as_a_beginning() -> None:
    with pytest.raises(BadTime):
        first_moment("9999-12-31 24:00")
