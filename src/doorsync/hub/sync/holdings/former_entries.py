"""Recognise who was removed from a terminal, when it holds them again: because it was put back to an older state, say.

Of whoever is gone from a terminal the hub remembers, as keyed hashes, the key under which the terminal had them with their
name, and with each card and PIN that they had there. An entry under the same key with one of these was put there by the hub,
so it is no stranger: it is removed without a decision. Somebody else under the key is a stranger as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doorsync.domain.allowance import credential_marks
from doorsync.domain.names import spelt_name
from doorsync.domain.record import Kind
from doorsync.hub.companies import vault
from doorsync.hub.sync.holdings.places import Places
from doorsync.hub.sync.holdings.wanted_refresh import chunks
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.models.former_entries import FormerEntry
from doorsync.hub.terminals.models import Terminal

CHUNK = 500
MARK = 16  # bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What a terminal shows of a person: the hub's key of the entry or the stranger's, the name, and its allowance."""

    key: str
    name: str
    allowance: str


class FormerEntries:
    """What one terminal held once. `places` must still have the places of whoever is noted."""

    def __init__(self, terminal: Terminal, places: Places) -> None:
        self._terminal, self._places = terminal, places
        self._marks: set[bytes] = set()

    def note_gone(self, row: Holding) -> None:
        """Remember a person who is not under their key any more, or is about to be forgotten."""
        if row.held is not None and row.kind == Kind.USER:
            self.note_at(row.key, row)

    def note_at(self, key: str, row: Holding) -> None:
        """Remember the person of this row as somebody who may be found under this key."""
        can = self._terminal.capabilities
        self._note(key, {row.label, spelt_name(row.label, can.name_letters, can.name_bytes)}, credential_marks(row.allowance))

    def note_narrowed(self, row: Holding, allowance: str) -> None:
        """Remember the cards and the PIN that a person had, and that are not in this allowance any more."""
        if row.held is not None and row.kind == Kind.USER and allowance:
            self._note(row.key, (), credential_marks(row.allowance) - credential_marks(allowance))

    def save(self) -> None:
        """Store what was noted. Call it once, at the end."""
        rows = [FormerEntry(company_id=self._terminal.company_id, terminal=self._terminal, mark=mark) for mark in self._marks]
        FormerEntry.objects.bulk_create(rows, CHUNK, ignore_conflicts=True)
        self._marks.clear()

    def recognised(self, people: Iterable[Shown]) -> set[str]:
        """The keys of those of these people whom the hub once kept there."""
        owners: dict[bytes, str] = {}
        for each in people:
            owners |= dict.fromkeys(self._marks_of(each.key, [each.name], credential_marks(each.allowance)), each.key)
        return {
            owners[bytes(mark)]
            for some in chunks(list(owners), CHUNK)
            for mark in FormerEntry.objects.filter(terminal=self._terminal, mark__in=some).values_list("mark", flat=True)
        }

    def _note(self, key: str, names: Iterable[str], credentials: Iterable[str]) -> None:
        self._marks |= self._marks_of(key, names, credentials)

    def _marks_of(self, key: str, names: Iterable[str], credentials: Iterable[str]) -> set[bytes]:
        there = self._places.entry_key(Kind.USER, key)
        texts = [*(f"name:{name}" for name in names if name), *(f"credential:{mark}" for mark in credentials)]
        return {vault.keyed_hash(self._terminal.company, "former-entry", f"{there}\0{text}")[:MARK] for text in texts}
