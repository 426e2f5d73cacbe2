"""Whom a run may add, and whose access it may extend. What takes access away is in the scope of every run."""

from __future__ import annotations

from dataclasses import dataclass

ONLY_REMOVALS = frozenset({-1})  # the groups of a run terminal that takes away, and gives nobody anything
NOBODY = frozenset({0})  # the groups of a run that adds nobody and only sends what is always in scope; no group has the id 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The members of these groups; or one user, by id; with neither, everybody."""

    groups: frozenset[int] = frozenset()
    user: int | None = None

    @property
    def everybody(self) -> bool:
        """Whether nobody is left out."""
        return not self.groups and self.user is None

    def covers(self, narrower: Scope) -> bool:
        """Whether a run with this scope does all that one with the narrower scope would."""
        if ONLY_REMOVALS in (self.groups, narrower.groups):
            return narrower.groups == ONLY_REMOVALS
        if self.everybody or self == narrower:
            return True
        if self.user is not None or narrower.user is not None:
            return narrower.groups == NOBODY
        return bool(narrower.groups) and narrower.groups - NOBODY <= self.groups
