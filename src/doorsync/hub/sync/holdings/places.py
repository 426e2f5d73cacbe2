"""Under which key a terminal keeps what the hub keeps under its own: numbered places, or card numbers.

Most terminals take the hub's numbers as keys. For the others each holding has a place, sealed because it may be a card number.
Orders are translated when they are sealed, and what was read back before anything is made of it, so that everything else
in the hub knows only its own keys. An entry at a place that no holding has gets a key of its own, which begins with @.
"""

from __future__ import annotations

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind, Record
from doorsync.hub.companies import vault
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.messages.schemas import Entry, Order, Outcome

PURPOSE = "place"
PLACED = (KeyForm.PLACE, KeyForm.CARD)  # the forms of keys that are not the hub's
HubKey = tuple[int, str]  # kind, the hub's key


class Places:
    """The places at one terminal; hold its lock where places are given."""

    def __init__(self, terminal: Terminal) -> None:
        can = terminal.capabilities
        self._terminal = terminal
        self._forms = {int(Kind.USER): can.key_form, int(Kind.SCHEDULE): can.schedule_key_form}
        self._first = {int(Kind.USER): can.first_place, int(Kind.SCHEDULE): can.first_schedule_place}
        self._most = {int(Kind.USER): can.capacity, int(Kind.SCHEDULE): can.schedules}
        self._places: dict[HubKey, str] = {}
        self._keys: dict[HubKey, str] = {}  # kind, place -> the hub's key
        if self.translates:
            self._load()

    @property
    def translates(self) -> bool:
        """Whether this terminal keeps anything under other keys than the hub's."""
        return any(self._has_places(kind) for kind in self._forms)

    def place_of(self, kind: int, key: str) -> str | None:
        """Where the terminal keeps what the hub keeps under this key; None when no place was given yet."""
        if not self._has_places(kind):
            return key
        return self._places.get((kind, key))

    def give(self, kind: int, key: str, card: str = "") -> str | None:
        """The place of this key: the one that it has, or the lowest free one, or for CARD the card. None where there is none."""
        if not self._has_places(kind):
            return key
        wished = card if self._forms[kind] is KeyForm.CARD else self._places.get((kind, key)) or self._free(kind)
        if not wished or self._keys.get((kind, wished), key) != key:
            return None
        if self._places.get((kind, key)) != wished:
            self._note(kind, key, wished)
            Holding.objects.filter(terminal_id=self._terminal.pk, kind=kind, key=key).update(
                place=self._sealed(kind, key, wished)
            )
        return wished

    def has_room(self, kind: int) -> bool:
        """Whether a place is free."""
        return self._free(int(kind)) is not None

    def moves(self, kind: int, key: str, card: str) -> bool:
        """Whether somebody who has a place is to be kept at another one, because their card is another now."""
        return self._forms[int(kind)] is KeyForm.CARD and self._places.get((int(kind), key)) != card

    def sealed_stranger(self, kind: int, place: str) -> tuple[str, bytes | None]:
        """The key under which the hub stores a stranger at this place, and the place, sealed."""
        if not self._has_places(kind):
            return place, None
        key = self._stranger_key(kind, place)
        return key, self._sealed(kind, key, place)

    def order_for_terminal(self, order: Order) -> Order:
        """An order in the terminal's own keys. Its key must have a place."""
        if not self.translates or order.do in ("read", "erase"):
            return order
        fields = dict(order.fields)
        if isinstance(keys := fields.get("schedules"), list):
            fields["schedules"] = sorted(self.place_of(Kind.SCHEDULE, str(key)) or f"@{key}" for key in keys)
        key = self.place_of(order.kind, order.key) or order.key
        return order.model_copy(update={"key": key, "fields": fields})

    def entry_for_hub(self, entry: Entry) -> Entry:
        """What was read at the terminal, in the hub's keys."""
        if not self.translates:
            return entry
        fields = dict(entry.fields)
        if isinstance(places := fields.get("schedules"), list):
            fields["schedules"] = sorted(self.key_of(Kind.SCHEDULE, str(place)) for place in places)
        return entry.model_copy(update={"key": self.key_of(entry.kind, entry.key), "fields": fields})

    def outcome_for_hub(self, outcome: Outcome) -> Outcome:
        """An outcome whose entry is in the hub's keys."""
        if outcome.found is None or not self.translates:
            return outcome
        return outcome.model_copy(update={"found": self.entry_for_hub(outcome.found)})

    def key_of(self, kind: int, place: str) -> str:
        """The hub's key of what the terminal keeps at this place."""
        if not self._has_places(kind):
            return place
        return self._keys.get((kind, place)) or self._stranger_key(kind, place)

    def entry_key(self, kind: int, key: str) -> str:
        """The key of a stranger who would be found where the terminal keeps this key. Without places, that is the key itself."""
        place = self._places.get((int(kind), key))
        return self._stranger_key(kind, place) if place else key

    def _has_places(self, kind: int) -> bool:
        return self._forms[int(kind)] in PLACED

    def _load(self) -> None:
        here = {"terminal_id": self._terminal.pk, "place__isnull": False}
        for rows in (Holding.objects.filter(**here), Stranger.objects.filter(**here)):
            for kind, key, place in rows.values_list("kind", "key", "place"):
                if self._has_places(kind):
                    self._note(kind, key, opened_place(self._terminal, kind, key, place))

    def _note(self, kind: int, key: str, place: str) -> None:
        if before := self._places.get((int(kind), key)):
            self._keys.pop((int(kind), before), None)
        self._places[int(kind), key] = place
        self._keys[int(kind), place] = key

    def _free(self, kind: int) -> str | None:
        first = self._first[kind]
        return next((str(n) for n in range(first, first + self._most[kind]) if (kind, str(n)) not in self._keys), None)

    def _stranger_key(self, kind: int, place: str) -> str:
        if self._forms[int(kind)] is KeyForm.CARD:  # the key is stored in clear, and a card number must not be
            return f"@{vault.keyed_hash(self._terminal.company, PURPOSE, place)[:10].hex()}"
        return f"@{place}"[:64]

    def _sealed(self, kind: int, key: str, place: str) -> bytes:
        return sealed_place(self._terminal, kind, key, place)


def sealed_place(terminal: Terminal, kind: int, key: str, place: str) -> bytes:
    """A place as it is stored with what has this key."""
    return vault.seal(terminal.company, PURPOSE, place, _bound(terminal, kind, key))


def opened_place(terminal: Terminal, kind: int, key: str, sealed: bytes | memoryview | None) -> str:
    """The place that was stored with what has this key."""
    return vault.unseal(terminal.company, PURPOSE, bytes(sealed or b""), _bound(terminal, kind, key))


def _bound(terminal: Terminal, kind: int, key: str) -> str:
    return f"{terminal.pk}:{int(kind)}:{key}"


def card_of(record: Record) -> str:
    """The card under which a terminal would keep this user; "" where they have none, or more than one."""
    cards = record.fields.get("cards")
    return str(cards[0]) if isinstance(cards, list) and len(cards) == 1 else ""
