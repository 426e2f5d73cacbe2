"""What becomes of a change at the doors, in words: what goes out by itself, and what waits for Sync."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from doorsync.domain.allowance import Narrowing
from doorsync.hub.terminals.connectivity import is_connected
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState

MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The doors at which something of one person waits, by what it waits for."""

    by_itself: list[PersonAtTerminal]
    out_of_reach: list[PersonAtTerminal]  # it would go out by itself, but nobody reaches the door now
    for_sync: list[PersonAtTerminal]

    @property
    def sentences(self) -> list[str]:
        """Nothing at all when nothing waits."""
        return list(_sentences(self))


def ahead_of(places: Sequence[PersonAtTerminal]) -> Ahead:
    """What waits at these doors."""
    now = timezone.now()
    waiting = [place for place in places if place.state in (PersonState.ADD, PersonState.CHANGE, PersonState.REMOVE)]
    alone = [place for place in waiting if _goes_alone(place)]
    reached = {place.terminal.pk for place in alone if is_connected(place.terminal.agent, now) and not place.terminal.lost_at}
    return Ahead(
        by_itself=[place for place in alone if place.terminal.pk in reached and not place.held_back],
        out_of_reach=[place for place in alone if place.terminal.pk not in reached and not place.held_back],
        for_sync=[place for place in waiting if place not in alone or place.held_back],
    )


def _goes_alone(place: PersonAtTerminal) -> bool:
    """Whatever takes access away, and starts and later ends that have come, go out without a press."""
    row = place.row
    narrows = place.state is PersonState.CHANGE and row is not None and row.narrows > Narrowing.NONE
    return place.state is PersonState.REMOVE or narrows or bool(row and row.timed)


def _sentences(ahead: Ahead) -> Iterator[str]:
    if ahead.by_itself:
        yield _("Goes out by itself, now: %(doors)s.") % {"doors": _names(ahead.by_itself)}
    if ahead.out_of_reach:
        told = {"doors": _names(ahead.out_of_reach)}
        yield _("Not reached now, so it goes out when they answer, or with Sync from a browser near them: %(doors)s.") % told
    if ahead.for_sync:
        yield _("Waits for Sync: %(doors)s.") % {"doors": _names(ahead.for_sync)}


def _names(places: Iterable[PersonAtTerminal]) -> str:
    return shortened([place.terminal.name for place in places])


def shortened(names: Sequence[str]) -> str:
    """The first of these doors, and how many more there are: a notice travels in a cookie."""
    more = len(names) - MOST_NAMES
    shown = ", ".join(names[:MOST_NAMES])
    return _("%(doors)s and %(n)s more") % {"doors": shown, "n": more} if more > 0 else shown
