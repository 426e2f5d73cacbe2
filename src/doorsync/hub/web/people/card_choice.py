"""A card as a form names it: typed, or chosen from those that doors refused lately. A chosen one never travels to the browser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import credential_view, location_limit
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.queries import local_time
from doorsync.hub.events.refused_cards import card_of, refused_cards
from doorsync.hub.users.credential_values import DOTS, as_seen
from doorsync.hub.users.errors import BadFields
from doorsync.hub.users.temporary_credentials import MOST_DAYS

GONE = gettext_lazy(
    "That card is not among those that were refused lately any more. Hold it to the reader again, and look again."
)
DAYS = (1, 2, 3, 7, 14, MOST_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCard:
    """A card that a door refused; `text` is as much of it as may be seen."""

    number: int  # of the event
    text: str = field(repr=False)
    door: str
    clock: str


def refused_lately(administrator: Administrator) -> list[RefusedCard]:
    """At the doors that this administrator sees, newest first."""
    view = credential_view(administrator)
    return [
        RefusedCard(
            number=event.number,
            text=as_seen(_readable(event), view),
            door=event.terminal.name if event.terminal else event.terminal_name,
            clock=f"{local_time(event):%H:%M:%S}",
        )
        for event in _events(administrator)
    ]


def chosen_card(administrator: Administrator, posted: QueryDict, typed: str) -> str:
    """What was typed; where nothing was, the card that was chosen. Raises BadFields where that is not there any more."""
    chosen = posted.get("refused", "")
    if typed.strip() or not chosen:
        return typed
    for event in _events(administrator):
        if chosen == str(event.number) and (card := _readable(event)) != DOTS:
            return card
    raise BadFields({"cards": str(GONE)})


def days_choices() -> list[tuple[int, str]]:
    """For how long a card may be given, in words."""
    named = {1: _("until tonight"), 2: _("until tomorrow night")}
    return [(days, named.get(days) or ngettext("for %(n)s day", "for %(n)s days", days) % {"n": days}) for days in DAYS]


def _events(administrator: Administrator) -> Iterable[AccessEvent]:
    return refused_cards(location_limit(administrator), timezone.now())


def _readable(event: AccessEvent) -> str:
    try:
        return card_of(event)
    except CannotUnseal:
        return DOTS
