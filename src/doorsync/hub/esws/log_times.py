"""p_exportTimeFrom and p_exportTimeTo: the documented forms, and what clients make of a date of their own language.

A time that says its zone is a moment; every other is that of the clocks at the doors.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from doorsync.hub.esws.refusals import Refused
from doorsync.hub.esws.users.moments import NO_DATE, NO_END

LENGTHS = {
    "%Y-%m-%d %H:%M:%S": timedelta(seconds=1),
    "%Y-%m-%d %H:%M": timedelta(minutes=1),
    "%Y-%m-%d": timedelta(days=1),
}
# The time of an xsd:dateTime may have parts of a second and a zone behind it.
DATE_TIME = re.compile(r"(?P<wall>[^:]+:[0-9]{1,2}(?::[0-9]{1,2})?)(?:[.,][0-9]+)? ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?")
MIDNIGHT = re.compile(r"(?P<day>[^ ]+) 24:00(?::00)?")


class BadTime(Refused):
    """A time is not written as yyyy-mm-dd hh:ii:ss."""


def first_moment(text: str) -> datetime | None:
    """The moment that a program wrote, with its zone if it wrote one; None where it wrote none. Raises BadTime."""
    found = _moment(text)
    return found and found[0]


def moment_after(text: str) -> datetime | None:
    """The first moment that is no longer within what a program wrote: the second, minute or day. None: no end. Raises BadTime."""
    found = None if NO_END.fullmatch(text.strip()) else _moment(text)
    return found and found[0] + found[1]


def _moment(text: str) -> tuple[datetime, timedelta] | None:
    plain = re.sub(r"[T\s]+", " ", text.strip())
    if NO_DATE.fullmatch(text.strip()):
        return None
    if end := MIDNIGHT.fullmatch(plain):
        return _day_after(_parsed(end["day"], "%Y-%m-%d")), timedelta()
    found = DATE_TIME.fullmatch(plain)
    wall, zone = (found["wall"], found["zone"] or "") if found else (plain, "")
    for form, length in LENGTHS.items():
        try:
            return _parsed(wall + zone, form + ("%z" if zone else "")), length
        except BadTime:
            continue
    raise BadTime


def _day_after(day: datetime) -> datetime:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise BadTime from None


def _parsed(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - a clock on a wall, or its zone is in the text
    except ValueError:
        raise BadTime from None
