"""In which mode a door is, in words: as it was told last, and whether its terminal confirmed that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain.door_modes import DoorMode
from doorsync.hub.terminals.door_modes import is_as_usual, is_confirmed, is_over
from doorsync.hub.terminals.door_openings import is_awaited
from doorsync.hub.terminals.models import DoorState, Terminal
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.templatetags.sync import clock

WAITING = Badge("busy", "turn", gettext_lazy("waiting for the terminal"))
LOOKS = {
    DoorMode.HELD_OPEN: Badge("wait", "door", gettext_lazy("held open")),
    DoorMode.LOCKED_DOWN: Badge("bad", "cross", gettext_lazy("locked down")),
    DoorMode.SCHEDULE: Badge("good", "check", gettext_lazy("by its schedules")),
}
UNSURE = Badge("bad", "warning", gettext_lazy("told, not confirmed"))
OVER = Badge("bad", "warning", gettext_lazy("may be open still"))
SAID: dict[str, str | Promise] = {
    DoorMode.HELD_OPEN: gettext_lazy("When it was last read back, it was held open."),
    DoorMode.LOCKED_DOWN: gettext_lazy("When it was last read back, it was locked down."),
    DoorMode.SCHEDULE: gettext_lazy("When it was last read back, its schedules decided."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorStateRow:
    """One door that is not as usual, or of which that is not known."""

    state: DoorState
    look: Badge
    sentence: SafeString

    @property
    def sure(self) -> bool:
        """Whether the door is surely in the mode that was asked for, or is about to be."""
        return self.look.tone != "bad" or self.look is LOOKS[DoorMode.LOCKED_DOWN]


def state_rows(terminal: Terminal, states: Iterable[DoorState], now: datetime | None = None) -> list[DoorStateRow]:
    """Those of these states of a terminal's doors that are not as usual."""
    now = now or timezone.now()
    return [_row(terminal, each, now) for each in states if not is_as_usual(each)]


def _row(terminal: Terminal, state: DoorState, now: datetime) -> DoorStateRow:
    zone = terminal.location.zone
    told = _told(state, zone)
    if is_over(state, now) or (state.by_itself and not is_confirmed(state)):
        end = _("Its time to be held open is over, and nobody knows yet whether it was given back: look at the door.")
        return DoorStateRow(state=state, look=OVER, sentence=format_html("{} {}", told, end))
    if is_confirmed(state):
        return DoorStateRow(state=state, look=LOOKS[DoorMode(state.told)], sentence=told)
    if is_awaited(terminal, state.door, now):
        return DoorStateRow(state=state, look=WAITING, sentence=told)
    more = _("Its terminal has not confirmed it: look at the door, and tell it again.")
    return DoorStateRow(state=state, look=UNSURE, sentence=format_html("{} {} {}", told, more, SAID.get(state.read, "")))


def _told(state: DoorState, zone: tzinfo) -> SafeString:
    """What it is where the terminal confirmed it, and otherwise no more than what was asked for."""
    who = state.administrator or (_("the hub") if state.by_itself else _("somebody who is not here any more"))
    named = {"who": who, "since": clock(state.told_at, zone), "until": clock(state.until, zone) if state.until else ""}
    sure = is_confirmed(state)
    if state.told == DoorMode.HELD_OPEN:
        held, asked = (
            _("Held open since {since} by {who} until {until}."),
            _("Asked to hold open at {since} by {who}, until {until}."),
        )
        return format_html(held if sure else asked, **named)
    if state.told == DoorMode.LOCKED_DOWN:
        locked, asked = _("Locked down since {since} by {who}."), _("Asked to lock down at {since} by {who}.")
        return format_html(locked if sure else asked, **named)
    given, asked = (
        _("Given back to its schedules at {since} by {who}."),
        _("Asked to go back to its schedules at {since} by {who}."),
    )
    return format_html(given if sure else asked, **named)
