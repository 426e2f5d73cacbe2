"""The status of one person over all terminals, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.users.queries import kinds_without_terminal
from doorsync.hub.web.people.person_reasons import not_wanted
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """A sentence with its colour and icon."""

    tone: str
    icon: str
    sentence: str


def person_status(places: Sequence[PersonAtTerminal]) -> PersonStatus:
    """`Still on 2 terminals` comes before everything else: a person whom a door still knows and should not."""
    first = (_leaving(places), _strange(places), _unsure(places), _waiting(places), _refused(places))
    told = (*first, _accepted(places), _held(places))
    nowhere = [*_why(places, PersonState.ABSENT), _("No terminal holds this person.")]
    return next((each for each in told if each), PersonStatus("", "info", " ".join(nowhere)))


def kept_only(user_id: int | None) -> list[str]:
    """A sentence for each kind of credential of theirs that is kept although no terminal can hold it."""
    kinds = kinds_without_terminal(user_id) if user_id else []
    return [_("%(kind)s: kept, but no terminal here can hold it.") % {"kind": capfirst(_(kind.title))} for kind in kinds]


def _count(places: Sequence[PersonAtTerminal], *states: PersonState) -> dict[str, int]:
    return {"n": sum(place.state in states for place in places)}


def _leaving(places: Sequence[PersonAtTerminal]) -> PersonStatus | None:
    if not (count := _count(places, PersonState.REMOVE))["n"]:
        return None
    text = ngettext("Still on %(n)s terminal: to be removed.", "Still on %(n)s terminals: to be removed.", count["n"])
    return PersonStatus("bad", "warning", " ".join([text % count, *_why(places, PersonState.REMOVE)]))


def _strange(places: Sequence[PersonAtTerminal]) -> PersonStatus | None:
    count = _count(places, PersonState.STRANGER)
    text = ngettext("Known to %(n)s terminal only.", "Known to %(n)s terminals only.", count["n"])
    return PersonStatus("wait", "warning", text % count) if count["n"] else None


def _unsure(places: Sequence[PersonAtTerminal]) -> PersonStatus | None:
    count = _count(places, PersonState.UNCERTAIN)
    text = ngettext("Not certain at %(n)s terminal.", "Not certain at %(n)s terminals.", count["n"])
    return PersonStatus("wait", "clock", text % count) if count["n"] else None


def _waiting(places: Sequence[PersonAtTerminal]) -> PersonStatus | None:
    count = _count(places, PersonState.ADD, PersonState.CHANGE)
    text = ngettext("A change is waiting for %(n)s terminal.", "A change is waiting for %(n)s terminals.", count["n"])
    return PersonStatus("wait", "clock", text % count) if count["n"] else None


def _refused(places: Sequence[PersonAtTerminal]) -> PersonStatus | None:
    count = _count(places, PersonState.REFUSED)
    text = ngettext("%(n)s terminal cannot hold this person.", "%(n)s terminals cannot hold this person.", count["n"])
    return PersonStatus("bad", "cross", text % count) if count["n"] else None


def _accepted(places: Sequence[PersonAtTerminal]) -> PersonStatus | None:
    count = _count(places, PersonState.ACCEPTED)
    text = ngettext(
        "Accepted by %(n)s terminal that cannot be read back.",
        "Accepted by %(n)s terminals that cannot be read back.",
        count["n"],
    )
    return PersonStatus("wait", "half", text % count) if count["n"] else None


def _held(places: Sequence[PersonAtTerminal]) -> PersonStatus | None:
    count = _count(places, PersonState.CONFIRMED)
    text = ngettext("Confirmed on %(n)s terminal.", "Confirmed on %(n)s terminals.", count["n"])
    return PersonStatus("good", "check", text % count) if count["n"] else None


def _why(places: Sequence[PersonAtTerminal], state: PersonState) -> list[str]:
    """The reason that counts for all these places, if there is one: where no right is missing, that is start or expiry."""
    concerned = [place for place in places if place.state is state and not place.should]
    some = [place for place in concerned if place.has_right] or concerned
    said = {not_wanted(place) for place in some}
    return list(said) if len(said) == 1 and some[0].user else []
