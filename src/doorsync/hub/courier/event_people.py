"""Whom the events of a terminal concern: from the terminal's own keys to the numbers of users, where that is certain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.cards import plain_card
from doorsync.hub.users.models import Credential
from doorsync.hub.users.queries import credential_lookup
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
        """At a terminal with numbered places nobody is certain: a place may be somebody else's by now."""
        form = terminal.capabilities.key_form
        keys, known = {event.key for event in events if event.key}, dict[str, int]()
        if form in OWN_KEYS:
            known = numbers_of(terminal, keys)
        elif form is KeyForm.CARD:
            known = holders_of(terminal, keys)
        numbers = {event.position: known[event.key] for event in events if event.key in known}
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


def holders_of(terminal: Terminal, cards: Iterable[str]) -> dict[str, int]:
    """By keys that are cards: who has the card now, if this terminal holds them."""
    lookups = {credential_lookup(terminal.company, "card", plain_card(card)): card for card in cards}
    rows = Credential.objects.filter(lookup__in=list(lookups)).values_list("lookup", "user__number")
    held = {lookups[bytes(lookup)]: number for lookup, number in rows}
    keys = [str(number) for number in held.values()]
    found = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=keys, held__isnull=False)
    here = set(found.values_list("key", flat=True))
    return {card: number for card, number in held.items() if str(number) in here}
