"""Dates as people write them."""

from __future__ import annotations

import pytest

from doorsync.hub.users.details import end_of, start_of


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-12-31", "2026-12-31T00:00", "2027-01-01T00:00"),
        ("2026-12-31 18:30", "2026-12-31T18:30", "2026-12-31T18:30"),
        ("2026-12-31T18:30:00", "2026-12-31T18:30", "2026-12-31T18:30"),
        ("", "", ""),
    ],
)
def test_date_alone_counts_whole(text: str, start: str, end: str) -> None:
    assert (start_of(text), end_of(text)) == (start, end)


@pytest.mark.parametrize("text", ["31-12-2026", "2026-13-01", "tomorrow", "9999-12-31"])
def test_what_is_no_date_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        end_of(text)
