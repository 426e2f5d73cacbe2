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
        most = max(self.people, before * self.percent // 100)
        most = min(most, before // 3 if before >= SMALL else before - 1)
        return max(0, most - lost)
