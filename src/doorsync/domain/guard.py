"""The stop before a mass removal."""

from __future__ import annotations

from dataclasses import dataclass

SMALL = 5  # fewer people than this are guarded against emptying only


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How many people may lose access to one terminal within a day without a typed count.

    It stops what would empty the terminal, more than a third of five people or more, and more than both `people` and `percent`.
    """

    people: int = 20
    percent: int = 10

    def free(self, held: int, lost: int = 0) -> int:
        """So many more may lose access to a terminal that holds so many, and has lost so many freely within the last day."""
        before = held + lost
        some = before // 3 if before >= SMALL else before - 1
        return min(self.mass(held, lost), max(0, some - lost))

    def mass(self, held: int, lost: int = 0) -> int:
        """So many more may lose access or a part of it, such as one card of two."""
        return max(0, max(self.people, (held + lost) * self.percent // 100) - lost)
