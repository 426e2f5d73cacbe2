"""What the access log shows, as its address says: time, person, doors, result, reasons and page. What is unknown is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from doorsync.domain.door_events import EventCode, Reason
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.queries import EventFilter
from doorsync.hub.web.people.list_choice import LONGEST_TEXT, ListChoice
from doorsync.hub.web.people.list_query import chosen_users

RESULTS = (EventCode.GRANTED.value, EventCode.DENIED.value)
REASONS = tuple(reason.value for reason in Reason)
SIZE, LAST_PAGE, MOST_DOORS, DIGITS = 50, 2000, 50, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChoice:
    """`first` and `last` are days or minutes, as typed; `text` is a name, number, id or card; `page` starts at 1."""

    first: str = ""
    last: str = ""
    text: str = ""
    person: int = 0
    doors: tuple[int, ...] = ()
    result: str = ""
    reason: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """As the address says."""
        doors = [number for number in dict.fromkeys(map(_number, query.getlist("door"))) if number]
        return cls(
            first=_moment_text(query.get("from", "")),
            last=_moment_text(query.get("to", "")),
            text=" ".join(query.get("q", "").replace("\0", " ").split())[:LONGEST_TEXT],
            person=_number(query.get("person", "")),
            doors=tuple(doors[:MOST_DOORS]),
            result=_known(query.get("result", ""), RESULTS),
            reason=_known(query.get("reason", ""), REASONS),
            page=min(max(1, _number(query.get("page", ""))), LAST_PAGE),
        )

    def query(self, **changes: Any) -> str:
        """The query of an address, with these changes; without a page it is the first."""
        wanted = replace(self, **{"page": 1, **changes})
        return urlencode(wanted.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of all that differs from the plain log."""
        named = {"from": self.first, "to": self.last, "q": self.text, "result": self.result, "reason": self.reason}
        pairs = [(name, value) for name, value in named.items() if value]
        pairs += [("person", str(self.person))] if self.person else []
        pairs += [("door", str(door)) for door in self.doors]
        return pairs + ([("page", str(self.page))] if self.page > 1 else [])

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves anything out."""
        return bool(replace(self, page=1).pairs())

    def events(self, administrator: Administrator) -> QuerySet[AccessEvent]:
        """The events that it shows to this administrator, newest first."""
        limits = EventFilter(
            first=_moment(self.first),
            before=_end(self.last),
            terminals=self.doors,
            locations=location_limit(administrator),
            user_numbers=[self.person] if self.person else None,
            codes=[self.result] if self.result else (),
            reasons=[self.reason] if self.reason else (),
        )
        found = limits.apply()
        return found.filter(_of_people(administrator, self.text)) if self.text else found


def visible_events(administrator: Administrator) -> QuerySet[AccessEvent]:
    """All events that this administrator may see."""
    limit = location_limit(administrator)
    return AccessEvent.objects.all() if limit is None else AccessEvent.objects.filter(location_id__in=limit)


def _of_people(administrator: Administrator, text: str) -> Q:
    users = chosen_users(administrator, ListChoice(text=text)).order_by().values("number")
    fits = Q(user_number__in=users)
    return fits | Q(user_number=_number(text)) if _number(text) else fits


def _moment_text(text: str) -> str:
    plain = text.strip()
    return plain if _moment(plain) else ""


def _moment(text: str) -> datetime | None:
    """A day, or a minute as the browser's own field writes it."""
    for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a clock on a wall
        except ValueError:
            continue
    return None


def _end(text: str) -> datetime | None:
    """The first moment after the day or minute."""
    moment = _moment(text)
    try:
        return moment and moment + (timedelta(minutes=1) if "T" in text else timedelta(days=1))
    except OverflowError:
        return None


def _known(text: str, words: tuple[str, ...]) -> str:
    return text if text in words else ""


def _number(text: str) -> int:
    """0 for what is no number that a database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < DIGITS else 0
