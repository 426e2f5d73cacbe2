"""Holidays as people write them in files: "2026-12-25", "2026-12-24 - 2026-12-26 closed", "2026-12-31 08:00-16:00"."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain.holidays import Holiday
from doorsync.hub.access.errors import BadHoliday, BadHours
from doorsync.hub.access.holiday_actions import check_holiday

DAY, CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}"
LINE = re.compile(
    rf"(?P<first>{DAY})(?: ?- ?(?P<last>{DAY}))?(?: +(?:closed|(?P<start>{CLOCK}) ?- ?(?P<end>{CLOCK})))?", re.IGNORECASE
)
HOW = gettext_lazy("Write '2026-12-25', '2026-12-25 - 2026-12-26' or '2026-12-31 08:00-16:00'.")


def holiday_of(line: str) -> Holiday:
    """The days of a line, and what stays of the hours there. Raises BadHours with a sentence."""
    found = LINE.fullmatch(line.strip())
    if not found:
        raise BadHours(_("'%(line)s' is no holiday. %(how)s") % {"line": line, "how": HOW})
    try:
        first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"] or found["first"])
    except ValueError:
        raise BadHours(_("'%(line)s' names a day that no calendar has. %(how)s") % {"line": line, "how": HOW}) from None
    hours = (found["start"] or "", found["end"] or "")
    try:
        check_holiday(first=first, last=last, hours=hours)
    except BadHoliday as error:
        raise BadHours(f"'{line}': {error}") from None
    return Holiday(first=first, last=last, start=hours[0], end=hours[1])
