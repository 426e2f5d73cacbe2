"""Where one person stands over all terminals, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.sync.reasons import not_wanted
from doorsync.hub.sync.whereabouts import Place, PlaceState


@dataclass(frozen=True, slots=True)
class Standing:
    """A sentence with its colour and icon."""

    tone: str
    icon: str
    sentence: str


def standing(places: Sequence[Place]) -> Standing:
    """`Still on 2 terminals` comes before everything else: a person whom a door still knows and should not."""
    count = {state: sum(place.state is state for place in places) for state in PlaceState}
    if leaving := count[PlaceState.REMOVE]:
        text = ngettext("Still on %(n)s terminal: to be removed.", "Still on %(n)s terminals: to be removed.", leaving)
        return Standing("bad", "warning", " ".join([text % {"n": leaving}, *_why(places, PlaceState.REMOVE)]))
    if unsure := count[PlaceState.UNCERTAIN]:
        text = ngettext("Not certain at %(n)s terminal.", "Not certain at %(n)s terminals.", unsure)
        return Standing("wait", "clock", text % {"n": unsure})
    if waiting := count[PlaceState.ADD] + count[PlaceState.CHANGE]:
        text = ngettext("A change is waiting for %(n)s terminal.", "A change is waiting for %(n)s terminals.", waiting)
        return Standing("wait", "clock", text % {"n": waiting})
    if refused := count[PlaceState.REFUSED]:
        text = ngettext("%(n)s terminal cannot hold this person.", "%(n)s terminals cannot hold this person.", refused)
        return Standing("bad", "cross", text % {"n": refused})
    if held := count[PlaceState.CONFIRMED]:
        text = ngettext("Confirmed on %(n)s terminal.", "Confirmed on %(n)s terminals.", held)
        return Standing("good", "check", text % {"n": held})
    return Standing("", "info", " ".join([*_why(places, PlaceState.ABSENT), _("No terminal holds this person.")]))


def _why(places: Sequence[Place], state: PlaceState) -> list[str]:
    """The reason that counts for all these places, if there is one: where no right is missing, that is start or expiry."""
    concerned = [place for place in places if place.state is state and not place.should]
    some = [place for place in concerned if place.has_right] or concerned
    said = {not_wanted(place) for place in some}
    return list(said) if len(said) == 1 and some[0].user else []
