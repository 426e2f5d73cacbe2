"""Whom each terminal should hold. Compared before and after a change, it shows who gains and who loses access."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.chunks import Portion
from doorsync.hub.users.credential_kinds import FOR_TERMINALS
from doorsync.hub.users.models import Credential
from doorsync.hub.users.queries import portions
from doorsync.hub.users.writes import Written


@dataclass(frozen=True, slots=True)
class Doors:
    """Pairs of terminal and user number: who should be there, who should but cannot be held, and who is held there now.

    `equipped` are the numbers of those who have a card, a PIN or another credential that terminals know.
    """

    open: frozenset[tuple[int, int]]
    refused: frozenset[tuple[int, int]]
    held: frozenset[tuple[int, int]]
    equipped: frozenset[int]

    @classmethod
    def of(cls, portion: Portion, written: Written | None = None) -> Doors:
        """Where the people of this portion should be, in the company's scope; of new ones `written` knows the numbers."""
        numbers = {write.user.number for write in portion.writes if write.user} | {user.number for user in portion.gone}
        numbers |= {each.user.number for each in written.outcomes} if written else set()
        return cls._read(portions(sorted(numbers)))

    def gained_since(self, before: Doors) -> list[tuple[int, int]]:
        """Who has a door now, in order: nobody without a credential. They can lose one, where a terminal knows their finger."""
        return sorted(pair for pair in self.open - before.open if pair[1] in self.equipped)

    @classmethod
    def of_everybody(cls) -> Doors:
        """Where everybody in the company should be."""
        return cls._read([None])

    @classmethod
    def _read(cls, parts: Iterable[Sequence[int] | None]) -> Doors:
        opened, refused, held, equipped = set(), set(), set(), set[int]()
        for numbers in parts:
            wanted, credentials = Holding.objects.filter(kind=Kind.USER), Credential.objects.filter(kind__in=FOR_TERMINALS)
            if numbers is not None:
                wanted = wanted.filter(key__in=map(str, numbers))
                credentials = credentials.filter(user__number__in=numbers)
            equipped |= set(credentials.values_list("user__number", flat=True))
            rows = wanted.values_list("terminal_id", "key", "wanted", "refusal", "held")
            for terminal, key, digest, refusal, there in rows.iterator():
                if digest is not None:
                    opened.add((terminal, int(key)))
                elif refusal:
                    refused.add((terminal, int(key)))
                if there is not None:
                    held.add((terminal, int(key)))
        return cls(frozenset(opened), frozenset(refused), frozenset(held), frozenset(equipped))
