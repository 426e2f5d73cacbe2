"""Rows of the access log with the people's names, and the pages they come in. As many statements for fifty rows as for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from zoneinfo import ZoneInfo

from doorsync.domain.door_events import EventCode
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.queries import event_zone
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.users.models import User
from doorsync.hub.web.activity.event_choice import SIZE, EventChoice
from doorsync.hub.web.activity.event_words import reason_text, result_badge, used_text
from doorsync.hub.web.badges import Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event as the list shows it. `user` is None where they are gone, are not for this administrator, or were not known."""

    event: AccessEvent
    look: Badge
    reason: str
    used: str
    user: User | None
    zone: tzinfo

    @property
    def asks_why(self) -> bool:
        """Whether the rules have something to say about it."""
        return self.event.code == EventCode.DENIED


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One page of a list; `newest` is the number of the newest event of all."""

    rows: list[EventRow] = field(default_factory=list)
    more: bool = False
    newest: int = 0


def event_page(administrator: Administrator, choice: EventChoice) -> EventPage:
    """The page that the choice names."""
    newest = AccessEvent.objects.order_by("-number").values_list("number", flat=True).first() or 0
    start = (choice.page - 1) * SIZE
    found = list(choice.events(administrator).select_related("terminal", "location")[start : start + SIZE + 1])
    return EventPage(rows=event_rows(administrator, found[:SIZE]), more=len(found) > SIZE, newest=newest)


def event_rows(administrator: Administrator, events: Iterable[AccessEvent]) -> list[EventRow]:
    """Rows for these events."""
    found = list(events)
    numbers = {event.user_number for event in found if event.user_number is not None}
    users = {user.number: user for user in visible_users(administrator).filter(number__in=numbers)} if numbers else {}
    return [_row(event, users.get(event.user_number or 0)) for event in found]


def _row(event: AccessEvent, user: User | None) -> EventRow:
    zone: ZoneInfo = event_zone(event)
    return EventRow(event=event, look=result_badge(event), reason=reason_text(event), used=used_text(event), user=user, zone=zone)
