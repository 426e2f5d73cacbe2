"""Many writes in transactions that stay short, so that on SQLite other companies' writes have their turn in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from doorsync.hub.users.models import User
from doorsync.hub.users.queries import portions
from doorsync.hub.users.validation import Checked, Write

PEOPLE = 100  # of one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What is written in one transaction; `indexes` are those of its writes among all of them."""

    indexes: Sequence[int] = ()
    writes: list[Write] = field(default_factory=list)
    gone: list[User] = field(default_factory=list)


def in_portions(checked: Checked, gone: Sequence[User]) -> Iterator[Portion]:
    """First who is removed, then in one portion all who hand cards on or are given one, then the rest."""
    leaving = [user for index, user in enumerate(gone) if index not in checked.gone_together]
    for some in portions(leaving, PEOPLE):
        yield Portion(gone=list(some))
    if checked.together:
        yield _portion(checked, sorted(checked.together), [gone[index] for index in sorted(checked.gone_together)])
    for rest in portions([index for index in range(len(checked.writes)) if index not in checked.together], PEOPLE):
        yield _portion(checked, rest, [])


def _portion(checked: Checked, indexes: Sequence[int], gone: list[User]) -> Portion:
    return Portion(indexes=indexes, writes=[checked.writes[index] for index in indexes], gone=gone)
