"""The stop before a mass removal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How many people may be removed from one terminal without a typed count."""

    people: int = 20
    percent: int = 10

    def free(self, held: int) -> int:
        """So many removals from a terminal that holds so many people need no confirmation: it trips above both limits."""
        return max(self.people, held * self.percent // 100)
