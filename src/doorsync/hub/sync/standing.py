"""Where one person stands over all terminals, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.sync.finding import Whereabouts
from doorsync.hub.sync.models import State


@dataclass(frozen=True, slots=True)
class Standing:
    """A sentence with its colour and icon."""

    tone: str
    icon: str
    sentence: str


def standing(places: Sequence[Whereabouts]) -> Standing:
    """`Still on 2 terminals` comes before everything else: a removed person whom a door still knows."""
    leaving = [place for place in places if not place.wanted and (place.held or place.unknown)]
    refused = [place for place in places if place.state == State.REFUSED]
    waiting = [place for place in places if place.state in (State.NEW, State.CHANGED)]
    if not places:
        return Standing("", "info", _("No terminal holds this person, and none should."))
    if leaving:
        text = ngettext("Still on %(n)s terminal: to be removed.", "Still on %(n)s terminals: to be removed.", len(leaving))
        return Standing("bad", "warning", text % {"n": len(leaving)})
    if waiting:
        text = ngettext("A change is waiting for %(n)s terminal.", "A change is waiting for %(n)s terminals.", len(waiting))
        return Standing("wait", "clock", text % {"n": len(waiting)})
    if refused:
        text = ngettext("%(n)s terminal cannot hold this person.", "%(n)s terminals cannot hold this person.", len(refused))
        return Standing("bad", "cross", text % {"n": len(refused)})
    text = ngettext("Up to date on %(n)s terminal.", "Up to date on %(n)s terminals.", len(places))
    return Standing("good", "check", text % {"n": len(places)})
