# ruff: noqa: RUF001  # digits of other scripts are what is tried here
"""Dates as people and spreadsheets write them: taken for what they say, or refused."""

from __future__ import annotations

import pytest

from doorsync.hub.users.validity_dates import BadMoment, end_of, end_text, start_of, start_text


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-12-31", "2026-12-31T00:00", "2027-01-01T00:00"),
        ("2026-12-31 18:30", "2026-12-31T18:30", "2026-12-31T18:30"),
        ("2026-12-31T18:30:00", "2026-12-31T18:30", "2026-12-31T18:30"),
        ("2026-12-31 6:00", "2026-12-31T06:00", "2026-12-31T06:00"),
        ("2026-12-31 06:00 PM", "2026-12-31T18:00", "2026-12-31T18:00"),
        ("2026-12-31\u00a06:00\u202fPM", "2026-12-31T18:00", "2026-12-31T18:00"),
        ("2026-12-31 6:00 p.m.", "2026-12-31T18:00", "2026-12-31T18:00"),
        ("2026-12-31 12:00 AM", "2026-12-31T00:00", "2026-12-31T00:00"),
        ("2026-12-31 12:30 pm", "2026-12-31T12:30", "2026-12-31T12:30"),
        ("2026-12-31 24:00", "2027-01-01T00:00", "2027-01-01T00:00"),
        ("2028-02-29", "2028-02-29T00:00", "2028-03-01T00:00"),
        (" ", "", ""),
    ],
)
def test_date_is_taken_for_what_it_says(text: str, start: str, end: str) -> None:
    assert (start_of(text), end_of(text)) == (start, end)
    assert start_of(start) == start


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31-12-2026", "year comes first"),
        ("31.12.2026 18:00", "year comes first"),
        ("01/02/2026", "year comes first"),
        ("1/2/26", "year comes first"),
        ("2026-13-01", "no such day"),
        ("2026-02-30", "no such day"),
        ("2027-02-29 10:00", "no such day"),
        ("tomorrow", "Not a valid date"),
        ("18:00", "The day is missing"),
        ("6:00 PM", "The day is missing"),
        ("20261231", "Not a valid date"),
        ("2026/12/31", "Not a valid date"),
        ("46387", "spreadsheet"),
        ("46387,75", "spreadsheet"),
        ("٢٠٢٦-١٢-٣١", "digits 0 to 9"),
        ("２０２６-12-31", "digits 0 to 9"),
        ("9999-12-31", "year"),
        ("0202-01-01", "year"),
        ("2026-12-31 18:00 or later", "What follows the date"),
        ("2026-12-31 18:00x", "What follows the date"),
        ("2026-12-31 18:00:30", "Leave the seconds out"),
        ("2026-12-31 23:59:59", "the day alone"),
        ("2026-12-31 11:59:59.999 PM", "Leave the seconds out"),
        ("2026-12-31 18", "What follows the date"),
        ("2026-12-31 18.30", "What follows the date"),
        ("2026-12-31 ١٨:٣٠", "What follows the date"),
        ("2026-12-31 18:00+02:00", "time zone"),
        ("2026-12-31T18:00:00Z", "time zone"),
        ("2026-12-31 18:00 -0500", "time zone"),
        ("2026-12-31 18:00 CEST", "time zone"),
        ("2026-12-31 06:00 PM UTC", "time zone"),
        ("2026-12-31 13:00 PM", "No clock"),
        ("2026-12-31 00:30 AM", "No clock"),
        ("2026-12-31 25:00", "No clock"),
        ("2026-12-31 24:01", "No clock"),
        ("2026-12-31 18:60", "No clock"),
    ],
)
@pytest.mark.requirement("D-04", mutation="the moment is cut to its first 16 characters before it is read")
def test_what_is_no_date_is_said_so(text: str, said: str) -> None:
    with pytest.raises(BadMoment, match=said):
        end_of(text)


def test_message_does_not_repeat_what_could_be_a_secret() -> None:
    for text in ("7194107897", "0042", "25c2451b", "2026-12-31 7194107897"):
        with pytest.raises(BadMoment) as refused:
            end_of(text)
        assert text[-4:] not in str(refused.value)


@pytest.mark.parametrize("text", ["", "2026-12-31", "2026-12-31 18:30", "2028-02-29", "2199-12-31"])
@pytest.mark.requirement("D-02", mutation="end_text() telling of a whole day the midnight after it")
def test_a_moment_is_told_as_it_was_written(text: str) -> None:
    assert start_text(start_of(text)) == text
    assert end_text(end_of(text)) == text
