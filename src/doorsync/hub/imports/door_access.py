"""Whom each terminal should hold. Compared before and after a change, it shows who gains and who loses access."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.chunks import Portion
from doorsync.hub.users.queries import portions
from doorsync.hub.users.writes import Written


@dataclass(frozen=True, slots=True)
class Doors:
    """Pairs of terminal and user number: who should be there, who should but cannot be held, and who is held there now."""

    open: frozenset[tuple[int, int]]
    refused: frozenset[tuple[int, int]]
    held: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, portion: Portion, written: Written | None = None) -> Doors:
        """Where the people of this portion should be, in the company's scope; of new ones `written` knows the numbers."""
        numbers = {write.user.number for write in portion.writes if write.user} | {user.number for user in portion.gone}
        numbers |= {each.user.number for each in written.outcomes} if written else set()
        return cls._read(Q(key__in=some) for some in portions([str(number) for number in numbers]))

    @classmethod
    def of_everybody(cls) -> Doors:
        """Where everybody in the company should be."""
        return cls._read([Q()])

    @classmethod
    def _read(cls, conditions: Iterable[Q]) -> Doors:
        opened, refused, held = set(), set(), set()
        wanted = Holding.objects.filter(kind=Kind.USER)
        for condition in conditions:
            rows = wanted.filter(condition).values_list("terminal_id", "key", "wanted", "refusal", "held")
            for terminal, key, digest, refusal, there in rows.iterator():
                if digest is not None:
                    opened.add((terminal, int(key)))
                elif refusal:
                    refused.add((terminal, int(key)))
                if there is not None:
                    held.add((terminal, int(key)))
        return cls(frozenset(opened), frozenset(refused), frozenset(held))
