"""Moments on the pages of people: a start or expiry as the clock at the door shows it, an expiry by the last day that opens."""

from __future__ import annotations

import pytest

from doorsync.hub.web.templatetags.people import clock_or_day, last_day, wall


@pytest.mark.parametrize(
    ("text", "shown", "last"),
    [
        ("", "", ""),
        ("2026-12-31T18:00", "31 Dec 2026, 18:00", "31 Dec 2026, 18:00"),
        ("2027-01-01T00:00", "1 Jan 2027", "31 Dec 2026"),
        ("2028-03-01T00:00", "1 Mar 2028", "29 Feb 2028"),
        ("2026-12-31T00:01", "31 Dec 2026, 00:01", "31 Dec 2026, 00:01"),
    ],
)
def test_midnight_is_told_by_the_day_alone_and_as_an_end_by_the_day_before(text: str, shown: str, last: str) -> None:
    assert (wall(text), last_day(text)) == (shown, last)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("2026-06-10T17:30", "17:30"),
        ("2026-06-11T00:00", "24:00"),
        ("2026-06-11T00:01", "11 Jun 2026, 00:01"),
        ("2026-06-12T00:00", "12 Jun 2026"),
    ],
)
def test_the_end_of_a_visit_is_a_clock_on_its_own_day_and_a_day_else(end: str, told: str) -> None:
    assert clock_or_day(end, "2026-06-10T09:00") == told
