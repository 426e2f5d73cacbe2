"""Cards that nobody at a terminal had, lately: whoever stands at a door with a new card has just shown it there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from doorsync.domain.door_events import EventCode, Reason
from doorsync.hub.companies import vault
from doorsync.hub.events.models import AccessEvent

CARD_PURPOSE = "event-card"
RECENT = timedelta(hours=1)
MOST = 5
LOOKED_AT = 50  # events: somebody may hold one card to a reader again and again


def refused_cards(locations: Collection[int] | None, now: datetime) -> list[AccessEvent]:
    """The latest event of each of the last few cards, newest first, of the company in scope; `locations`: None for all."""
    recent = AccessEvent.objects.filter(at__gt=now - RECENT, at__lte=now + RECENT, code=EventCode.DENIED, reason=Reason.UNKNOWN)
    if locations is not None:
        recent = recent.filter(location__in=list(locations))
    found: dict[bytes, AccessEvent] = {}
    for event in recent.filter(card_sealed__isnull=False).select_related("terminal", "company")[:LOOKED_AT]:
        found.setdefault(bytes(event.card_lookup or b""), event)
    return list(found.values())[:MOST]


def card_of(event: AccessEvent) -> str:
    """The card that nobody had, in clear: for those who may see it, and to be given to somebody. Raises CannotUnseal."""
    return vault.unseal(event.company, CARD_PURPOSE, bytes(event.card_sealed or b""), f"{event.log_id}:{event.position}")
