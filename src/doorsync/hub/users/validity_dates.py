"""Starts and expiries as people and spreadsheets write them: taken for what they say, or refused with what to do."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain.text import normalized_text
from doorsync.domain.validity import WALL

FIRST_YEAR, LAST_YEAR = 1970, 2199
HOW = gettext_lazy("Write 2026-12-31, or 2026-12-31 18:00 with a time.")
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ] *(.+))?")
TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00(?:\.0+)?)?(?: *([AaPp])\.?[Mm]\.?)?")
SECONDS = re.compile(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?: *[AaPp]\.?[Mm]\.?)?")
ZONED = re.compile(r".*[0-9Mm.] *(?:[+-][0-9]{2}:?(?:[0-9]{2})?|[Zz]|UTC|GMT|[A-Z]{3,4}T)")


class BadMoment(ValueError):
    """Not a valid date."""


def start_of(text: str) -> str:
    """A start as it is kept, "YYYY-MM-DDTHH:MM" or empty: a date alone means its first minute. Raises BadMoment."""
    return _moment(text, timedelta())


def end_of(text: str) -> str:
    """An expiry as it is kept: a date alone counts to its end. Raises BadMoment."""
    return _moment(text, timedelta(days=1))


def start_parts(wall: str) -> tuple[str, str]:
    """Date and time of a start that is kept, as they are entered: the time is empty where the day counts from its begin."""
    day, _, clock = wall.partition("T")
    return day, "" if clock == "00:00" else clock


def end_parts(wall: str) -> tuple[str, str]:
    """Date and time of an expiry that is kept, as they are entered: without a time it is the last day that counts whole."""
    day, _, clock = wall.partition("T")
    if clock != "00:00":
        return day, clock
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat(), ""


def start_text(wall: str) -> str:
    """A start that is kept, as a text that `start_of` reads as the same; empty where there is none."""
    return " ".join(filter(None, start_parts(wall)))


def end_text(wall: str) -> str:
    """An expiry that is kept, as a text that `end_of` reads as the same; empty where there is none."""
    return " ".join(filter(None, end_parts(wall)))


def _moment(text: str, whole_day: timedelta) -> str:
    """No message repeats the text: in a shifted column it could be a secret."""
    text = normalized_text(text.strip())  # programs write a narrow no-break space before PM
    if not text:
        return ""
    found = DAY.fullmatch(text)
    if not found:
        raise BadMoment(_why(text))
    midnight = datetime.combine(_day(*map(int, found.groups()[:3])), time())
    return (midnight + (_time(found[4]) if found[4] else whole_day)).strftime(WALL)


def _day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadMoment(
            _("The year must be %(first_year)s to %(last_year)s. Leave it empty for access without an end.")
            % {"first_year": FIRST_YEAR, "last_year": LAST_YEAR}
        )
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadMoment(_("The calendar has no such day. %(how)s") % {"how": HOW}) from error


def _time(text: str) -> timedelta:
    """24:00 is the end of the day; a 12-hour clock is taken when it says AM or PM."""
    text = text.strip()
    found = TIME.fullmatch(text)
    if not found and ZONED.fullmatch(text):
        raise BadMoment(_("Leave the time zone out: times are those of the clock at each door. Write 2026-12-31 18:00."))
    if not found and SECONDS.fullmatch(text):
        raise BadMoment(_("Leave the seconds out: write 2026-12-31 18:00, or the day alone when it counts whole."))
    if not found:
        raise BadMoment(_("What follows the date is not a time in hours and minutes. Write 2026-12-31 18:00."))
    hours, minutes, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    fits = 1 <= hours <= 12 if half else hours < 24 or (hours, minutes) == (24, 0)
    if not fits or minutes > 59:
        raise BadMoment(_("No clock shows this time. Write 2026-12-31 18:00."))
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return timedelta(hours=hours, minutes=minutes)


def is_serial_number(text: str) -> bool:
    """Whether it looks like the number by which a spreadsheet knows a day."""
    return bool(re.fullmatch(r"[0-9]{5}(?:[.,][0-9]+)?", text.strip()))


def _why(text: str) -> str:
    if TIME.fullmatch(text):
        return _("The day is missing. %(how)s") % {"how": HOW}
    if is_serial_number(text):
        return _("This looks like a spreadsheet's number for a day. %(how)s") % {"how": HOW}
    if any(each.isdigit() and not each.isascii() for each in text):
        return _("Write dates with the digits 0 to 9. %(how)s") % {"how": HOW}
    if re.match(r"[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ][0-9]{2,4}(?![0-9])", text):
        return _("The year comes first, then month and day: in another order they can be mistaken for each other. %(how)s") % {
            "how": HOW
        }
    return _("Not a valid date. %(how)s") % {"how": HOW}
