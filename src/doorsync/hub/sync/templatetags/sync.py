"""Tags of the sync pages: states in words, and moments on the clock of a location."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doorsync.hub.sync.models import LineState, State
from doorsync.hub.sync.plans import LinePlan
from doorsync.hub.sync.words import LINE, PERSON, TERMINAL, Look

register = template.Library()


@register.inclusion_tag("ui/parts/state.html")
def terminal_state(line: LinePlan) -> dict[str, Any]:
    """A terminal's state word with its time: `up to date (verified 14:05)`, `not reachable since 14:02`."""
    look, zone = TERMINAL[line.state], line.terminal.location.zone
    word: object = look.word
    if line.since and line.state == "unreachable":
        word = format_html("{} {}", look.word, clock(line.since, zone))
    elif line.terminal.verified_at and line.state == "up-to-date":
        word = format_html("{} (verified {})", look.word, clock(line.terminal.verified_at, zone))
    return {**_parts(look), "word": word}


@register.inclusion_tag("ui/parts/state.html")
def line_state(state: LineState) -> dict[str, Any]:
    """Where a run stands at a terminal."""
    return _parts(LINE[state])


@register.inclusion_tag("ui/parts/state.html")
def person_state(state: State) -> dict[str, Any]:
    """Where one person stands at a terminal."""
    return _parts(PERSON[state])


@register.filter
def tone(state: LineState) -> str:
    """The colour of a line's bar."""
    return LINE[state].tone


@register.filter
def clock(moment: datetime, zone: tzinfo) -> SafeString:
    """`14:05` today, `21 Nov, 14:05` this year, with the year before that; on the clock of this time zone."""
    local, now = moment.astimezone(zone), timezone.now().astimezone(zone)
    day = "" if local.date() == now.date() else "j M, " if local.year == now.year else "j M Y, "
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), date_format(local, f"{day}H:i"))


def _parts(look: Look) -> dict[str, Any]:
    return {"tone": look.tone, "icon_name": look.icon, "word": look.word}
