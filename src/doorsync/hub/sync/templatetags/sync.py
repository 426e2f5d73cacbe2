"""Tags of the sync pages: states in words, and moments on the clock of a location."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from doorsync.hub.reasons.words import in_words
from doorsync.hub.sync.plans import LinePlan
from doorsync.hub.sync.reasons import reasons
from doorsync.hub.sync.terminal_status import Condition
from doorsync.hub.sync.unreadable_terminals import told
from doorsync.hub.sync.whereabouts import Place, PlaceState
from doorsync.hub.sync.words import PERSON, Look, terminal_look
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import clock as on_clock

register = template.Library()
register.filter("in_words", in_words)


@register.inclusion_tag("ui/parts/state.html")
def terminal_state(line: LinePlan) -> dict[str, Any]:
    """A terminal's state word with its time: `up to date (verified 14:05)`, `not reachable since 14:02`."""
    status, zone = line.status, line.terminal.location.zone
    look = terminal_look(status)
    word: object = look.word
    if line.terminal.lost_at and status.condition is Condition.UNREACHABLE:
        word = format_html("{} {}", look.word, clock(line.terminal.lost_at, zone))
    elif line.terminal.verified_at and status.up_to_date:
        word = format_html("{} ({} {})", look.word, _("verified"), clock(line.terminal.verified_at, zone))
    return {**_parts(look), "word": word}


@register.inclusion_tag("ui/parts/state.html", name="look")
def drawn_look(look: Look) -> dict[str, Any]:
    """A state in colour, icon and word."""
    return _parts(look)


@register.inclusion_tag("ui/parts/state.html")
def person_state(state: PlaceState) -> dict[str, Any]:
    """Where one person stands at a terminal."""
    return _parts(PERSON[state])


@register.filter
def why(place: Place) -> list[str]:
    """Why they stand so there."""
    return reasons(place)


@register.filter
def unreadable(terminal: Terminal) -> str:
    """What goes on at a terminal that could not be read whole."""
    return told(terminal)


@register.filter
def clock(moment: datetime, zone: tzinfo) -> SafeString:
    """`14:05 CET` today, `21 Nov, 14:05 CET` this year, with the year before that; on the clock of this time zone."""
    local = moment.astimezone(zone)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), on_clock(moment, timezone.now(), zone)
    )


def _parts(look: Look) -> dict[str, Any]:
    return {"tone": look.tone, "icon_name": look.icon, "word": look.word}
