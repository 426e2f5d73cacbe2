"""Whom the events of a terminal concern: from the terminal's own keys to the numbers of users, where that is certain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.events import moments
from doorsync.hub.sync.holdings.places import Places
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.messages.events import Events, LoggedEvent

DIGITS = 19  # of a number, fewer than these
OWN_KEYS = (KeyForm.DIGITS, KeyForm.TEXT)  # terminals that keep people under the hub's numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPeople:
    """`numbers` of users by the positions of events. `keys_are_cards`: such keys must not be stored in clear."""

    numbers: dict[int, int]
    keys_are_cards: bool

    @classmethod
    def of(cls, terminal: Terminal, events: Sequence[LoggedEvent]) -> EventPeople:
        """From the keys that the terminal tells."""
        form = terminal.capabilities.key_form
        if form in OWN_KEYS:
            known = numbers_of(terminal, {event.key for event in events if event.key})
            numbers = {event.position: known[event.key] for event in events if event.key in known}
        else:
            numbers = numbers_by_place(terminal, events)
        return cls(numbers=numbers, keys_are_cards=form is KeyForm.CARD)

    def without_keys(self, message: Events) -> Events:
        """The message with keys that are cards as cards, which are sealed."""
        if not self.keys_are_cards:
            return message
        cards = [event.model_copy(update={"key": "", "card": event.card or event.key}) for event in message.events]
        return message.model_copy(update={"events": cards})


def numbers_of(terminal: Terminal, keys: Iterable[str]) -> dict[str, int]:
    """By keys that are numbers of users; not those under which somebody else was enrolled at the terminal itself."""
    digits = {key for key in keys if key.isascii() and key.isdecimal() and len(key) < DIGITS and key == str(int(key)) != "0"}
    strangers = Stranger.objects.filter(terminal=terminal, kind=Kind.USER, key__in=digits).values_list("key", flat=True)
    return {key: int(key) for key in digits - set(strangers)}


def numbers_by_place(terminal: Terminal, events: Sequence[LoggedEvent]) -> dict[int, int]:
    """By position, of events with places or cards as keys: who is kept there, if they were already when it happened."""
    places = Places(terminal)
    keys = {event.position: places.key_of(Kind.USER, event.key) for event in events if event.key}
    rows = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=set(keys.values()), held__isnull=False)
    since = {key: at for key, at in rows.values_list("key", "held_since") if at is not None and key.isdecimal()}
    return {
        event.position: int(keys[event.position])
        for event in events
        if (began := since.get(keys.get(event.position, ""))) and _moment(event, terminal) >= began.replace(microsecond=0)
    }


def _moment(event: LoggedEvent, terminal: Terminal) -> datetime:
    """When it happened; long ago where its clock showed no time."""
    zone = terminal.location.zone
    ahead = moments.seconds_ahead(event.clock, event.read_at, zone)
    return moments.instant(event.wall, zone, ahead, None) or datetime.min.replace(tzinfo=UTC)
