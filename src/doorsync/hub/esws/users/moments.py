"""p_StartDate and p_ExpireDate: the three documented forms, the documented defaults, and what is refused.

See docs/decisions/dates-of-esws-users.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from doorsync.domain.text import normalized_text
from doorsync.domain.validity import WALL
from doorsync.hub.companies.models import Location
from doorsync.hub.esws.users.asked_once import asked_once
from doorsync.hub.users.errors import BadFields
from doorsync.hub.users.validity_dates import FIRST_YEAR, BadMoment, start_of

FORM = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?")
ZONED = re.compile(rf"{FORM.pattern} ?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})")
FIRST_MINUTE, LAST_MINUTE = "00:00", "23:59"
NO_DATE = re.compile(
    r"[0:./ -]*|0000-00-00T[0:.]*Z?|0001-01-01(?:[ T].*)?", re.DOTALL
)  # as MySQL and .NET write that there is none
NO_END = re.compile(r"9999-12-31(?:[ T].*)?", re.DOTALL)
LAST_DAY = f"2030-12-31T{LAST_MINUTE}"


def said_start(text: str | None, kept: str | None) -> str | None:
    """The start that a call says; None leaves it as it is. `kept` is what there is now, None for a new user.

    Raises BadFields.
    """
    if text is None and kept is not None:
        return None
    text = normalized_text((text or "").strip())
    if not NO_DATE.fullmatch(text):
        if not _is_long_ago(text):
            return _moment("starts", text, FIRST_MINUTE, max)
        text = ""
    today = f"{wall_clock()[:10]}T{FIRST_MINUTE}"
    # To have begun before is no other access than to begin today, and would only be sent to every terminal.
    return None if kept is not None and (text or kept <= today) else today


def said_expiry(text: str | None, kept: str | None) -> str | None:
    """The expiry that a call says; None leaves it as it is. `kept` is what there is now, None for a new user.

    Raises BadFields.
    """
    if text is None and kept is not None:
        return None
    text = normalized_text((text or "").strip())
    if NO_END.fullmatch(text):
        return LAST_DAY
    if not NO_DATE.fullmatch(text):
        return _moment("expires", text, LAST_MINUTE, min)
    return None if text and kept is not None else LAST_DAY


def agreed_start(starts: str, expires: str) -> str:
    """The start, or none where the expiry lies before it and is over: that is how programs lock somebody out."""
    return "" if expires and expires <= starts and expires <= wall_clock() else starts


def wall_clock() -> str:
    """The earliest time that a clock of the company in scope shows, as dates are kept; UTC where it has no location."""
    return min(_walls(timezone.now()))


def _walls(at: datetime) -> set[str]:
    """What the clocks at the doors show at this moment."""
    return {at.astimezone(zone).strftime(WALL) for zone in asked_once("zones", _zones)}


def _zones() -> set[ZoneInfo]:
    return {each.zone for each in Location.objects.all()} or {ZoneInfo("UTC")}


def _is_long_ago(text: str) -> bool:
    """Whether it is a valid day before those that are kept: a start then says that there is access already."""
    found = FORM.fullmatch(text)
    try:
        return bool(found) and date.fromisoformat(text[:10]).year < FIRST_YEAR
    except ValueError:
        return False


def _moment(field: str, text: str, time: str, narrower: Callable[[Iterable[str]], str]) -> str:
    """As dates are kept; seconds are dropped, and a 12-hour clock is taken. Raises BadFields for what is no valid date.

    A time zone is taken to the clocks at the doors. Where these differ, `narrower` chooses the one with less access.
    """
    try:
        if found := FORM.fullmatch(text):
            return start_of(f"{found[1]} {found[2] or time}")
        if found := ZONED.fullmatch(text):
            return start_of(narrower(_walls(datetime.fromisoformat(f"{found[1]}T{found[2] or time}{found[3]}"))))
    except (ValueError, OverflowError):
        pass
    try:
        return start_of(text if ":" in text else f"{text} {time}")  # a day alone never has the time of the other end
    except BadMoment as error:
        raise BadFields({field: str(error)}) from None
