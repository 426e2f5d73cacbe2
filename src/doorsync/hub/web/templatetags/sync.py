"""Tags of the sync pages: states in words, and moments on the clock of a location."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.terminal_status import Condition
from doorsync.hub.sync.plan.plans import TerminalPlan
from doorsync.hub.sync.run.unreadable_terminals import unreadable_text
from doorsync.hub.terminals.addresses import shown_address
from doorsync.hub.terminals.agent_status import clock_time as on_clock
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.people.person_reasons import person_reasons
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState
from doorsync.hub.web.sync.labels import PERSON, held_up_sentence, terminal_badge

register = template.Library()
register.filter("describe_selection", describe_selection)
register.filter("shown_address", shown_address)
register.filter("held_up_sentence", held_up_sentence)


@register.inclusion_tag("ui/parts/state.html")
def terminal_state(terminal_plan: TerminalPlan) -> dict[str, Any]:
    """A terminal's state word with its time: `up to date (verified 14:05)`, `not reachable since 14:02`."""
    status, zone = terminal_plan.status, terminal_plan.terminal.location.zone
    look = terminal_badge(status)
    word: object = look.word
    if terminal_plan.terminal.lost_at and status.condition is Condition.UNREACHABLE:
        word = format_html("{} {}", look.word, clock(terminal_plan.terminal.lost_at, zone))
    elif terminal_plan.terminal.verified_at and status.up_to_date:
        word = format_html("{} ({} {})", look.word, _("verified"), clock(terminal_plan.terminal.verified_at, zone))
    return {**_parts(look), "word": word}


@register.inclusion_tag("ui/parts/state.html", name="look")
def drawn_look(look: Badge) -> dict[str, Any]:
    """A state in colour, icon and word."""
    return _parts(look)


@register.inclusion_tag("ui/parts/state.html")
def person_state(state: PersonState) -> dict[str, Any]:
    """Where one person stands at a terminal."""
    return _parts(PERSON[state])


@register.filter
def why(place: PersonAtTerminal) -> list[str]:
    """Why they stand so there."""
    return person_reasons(place)


@register.filter
def unreadable(terminal: Terminal) -> str:
    """What goes on at a terminal that could not be read whole."""
    return unreadable_text(terminal)


@register.filter
def clock(moment: datetime, zone: tzinfo) -> SafeString:
    """`14:05 CET` today, `21 Nov, 14:05 CET` this year, with the year before that; on the clock of this time zone."""
    local = moment.astimezone(zone)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), on_clock(moment, timezone.now(), zone)
    )


@register.filter
def whole_clock(moment: datetime, zone: tzinfo) -> SafeString:
    """`2026-11-21 14:05:30 CET`, for what is printed or kept; on the clock of this time zone."""
    local = moment.astimezone(zone)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M:%S %Z")
    )


def _parts(look: Badge) -> dict[str, Any]:
    return {"tone": look.tone, "icon_name": look.icon, "word": look.word}
