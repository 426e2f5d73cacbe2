"""Holidays as files tell them: taken for what they say, or refused with how to write them."""

from __future__ import annotations

from datetime import date

import pytest

from doorsync.domain.holidays import Holiday
from doorsync.hub.access.errors import BadHours
from doorsync.hub.access.holiday_lines import holiday_of

DAY, NEXT = date(2026, 12, 25), date(2026, 12, 26)


@pytest.mark.parametrize(
    ("line", "holiday"),
    [
        ("2026-12-25", Holiday(first=DAY, last=DAY)),
        (" 2026-12-25 closed ", Holiday(first=DAY, last=DAY)),
        ("2026-12-25 - 2026-12-26", Holiday(first=DAY, last=NEXT)),
        ("2026-12-25-2026-12-26 Closed", Holiday(first=DAY, last=NEXT)),
        ("2026-12-25 - 2026-12-26 10:00-14:00", Holiday(first=DAY, last=NEXT, start="10:00", end="14:00")),
        ("2026-12-25 18:00 - 24:00", Holiday(first=DAY, last=DAY, start="18:00", end="24:00")),
    ],
)
def test_holiday_is_read_from_a_line(line: str, holiday: Holiday) -> None:
    assert holiday_of(line) == holiday


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("25-12-2026", "is no holiday. Write '2026-12-25'"),
        ("12-25", "is no holiday"),
        ("2026-12-25 open", "is no holiday"),
        ("2026-12-25 10:00", "is no holiday"),
        ("2026-12-25 10:00-14:00, 16:00-18:00", "is no holiday"),
        ("", "is no holiday"),
        ("2026-02-30", "names a day that no calendar has"),
        ("2026-12-26 - 2026-12-25", "The last day comes with the first"),
        ("2026-12-25 - 2028-12-26", "at most a year later"),
        ("2026-12-25 22:00-06:00", "the earlier first"),
        ("2026-12-25 10:00-25:00", "Write both times"),
        ("٢٠٢٦-12-25", "is no holiday"),
    ],
)
def test_what_is_no_holiday_is_said_so(line: str, why: str) -> None:
    with pytest.raises(BadHours, match=why):
        holiday_of(line)
