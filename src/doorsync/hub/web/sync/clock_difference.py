"""How far the clock of a terminal is from the time of its location, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE = 60  # seconds; less is what clocks and networks differ by anyway


def clock_difference(seconds: int | None) -> str:
    """What to say of a clock that is ahead by so many seconds, or behind if negative; "" for up to a minute, or if not known."""
    if seconds is None or abs(seconds) <= MINUTE:
        return ""
    text = _("It was %(so_much)s ahead when the terminal last answered.")
    if seconds < 0:
        text = _("It was %(so_much)s behind when the terminal last answered.")
    told = text % {"so_much": _duration(abs(seconds))}
    return f"{told} {_('Hours and expiries take effect by that clock: set it right at the terminal.')}"


def _duration(seconds: int) -> str:
    minutes = seconds // MINUTE
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
