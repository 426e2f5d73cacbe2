"""Tags of the people pages: cells of the list, moments on the wall clock, addresses."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.domain.validity import WALL
from doorsync.hub.ui.templatetags.ui import state_mark
from doorsync.hub.users.models import User
from doorsync.hub.web.people.list_query import Row

register = template.Library()


@register.filter
def person_address(user: User) -> str:
    """The page of this person."""
    return reverse("people:person", args=[user.number])


@register.filter
def wall(text: str) -> str:
    """`31 Dec 2026, 18:00`: a start or expiry as the clock at each door shows it. Midnight is told by the day alone."""
    if not text:
        return ""
    moment = datetime.strptime(text, WALL)  # noqa: DTZ007 - a wall clock has no zone
    day = date_format(moment, "j M Y")
    return day if text.endswith("T00:00") else f"{day}, {moment:%H:%M}"


@register.filter
def clock_or_day(text: str, start: str) -> str:
    """The end of something that began at `start`: on the same day its time alone, 24:00 at the midnight after it."""
    day, _start, clock = text.partition("T")
    if day == start[:10]:
        return clock
    return "24:00" if clock == "00:00" and ends_text(text) == wall(f"{start[:10]}T00:00") else wall(text)


@register.simple_tag
def person_cell(row: Row, name: str) -> SafeString | str:
    """What a row shows in this column. Drawn without a template, which took most of the time of a long list."""
    user = row.user
    match name:
        case "state":
            return state_mark(row.look.tone, row.look.icon, row.look.word)
        case "groups":
            return ", ".join(row.groups) or format_html('<span class="soft">{}</span>', _("none"))
        case "credentials":
            return ", ".join(_(title) for title in row.credentials) or state_mark("wait", "warning", _("none"))
        case "waiting" if row.waiting:
            at = ngettext("at %(n)s door", "at %(n)s doors", row.waiting) % {"n": row.waiting}
            return state_mark("wait", "clock", at)
        case "waiting":
            return _dash(_("nothing"))
        case "starts":
            text = wall(user.starts)
        case "until":
            text = last_day(user.expires)
        case _:
            text = {"id": user.external_id, "email": user.email, "phone": user.phone}.get(name, "")
    return text or _dash(_("none"))


def _dash(word: str) -> SafeString:
    """A dash for the eye, a word for the ear."""
    return format_html('<span class="soft" aria-hidden="true">&ndash;</span><span class="sr-only">{}</span>', word)


@register.filter
def last_day(text: str) -> str:
    """An expiry by the last day on which it opens doors: at midnight that is the day before."""
    return ends_text(text)


def ends_text(text: str) -> str:
    """`31 Dec 2026` for an expiry at the midnight after it; with a time the moment itself."""
    if not text:
        return ""
    moment = datetime.strptime(text, WALL)  # noqa: DTZ007 - a wall clock has no zone
    if text.endswith("T00:00"):
        return date_format(moment.date().fromordinal(moment.date().toordinal() - 1), "j M Y")
    return wall(text)
