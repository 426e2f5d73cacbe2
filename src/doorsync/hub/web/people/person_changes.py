"""What was done to one person, from the audit: who, when and by which way. Values are not in it; the audit keeps ids only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.models import Entry
from doorsync.hub.users.models import User
from doorsync.hub.web.audit.entries import WAYS

REACH = 50_000  # entries of the company that are looked through: none of them is indexed by person
MOST = 50
EVENTS: Mapping[str, Promise | str] = {
    "user.created": _("added"),
    "user.changed": _("changed"),
    "user.removed": _("removed"),
    "user.exported": _("all data exported"),
    "credential.lost": _("a credential reported lost"),
    "credential.found": _("a credential found again"),
    "credential.temporary": _("a temporary card given"),
    "credential.ended": _("a temporary card went back"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """One entry of the audit, with the number that it has there."""

    number: int
    at: datetime
    what: str
    who: str
    way: str


def person_changes(user: User) -> list[PersonChange]:
    """The newest first, among the last entries of the company in scope."""
    newest = Entry.objects.aggregate(number=Max("number"))["number"] or 0
    found = Entry.objects.filter(number__gt=newest - REACH, event__in=EVENTS, subject__user=user.pk).order_by("-number")[:MOST]
    entries = list(found)
    names = {each.pk: str(each) for each in Administrator.objects.filter(pk__in=[_who(entry) for entry in entries])}
    return [_change(entry, names) for entry in entries]


def _who(entry: Entry) -> int:
    actor = entry.actor if isinstance(entry.actor, dict) else {}
    who = actor.get("administrator_id")
    return who if isinstance(who, int) else 0


def _change(entry: Entry, names: Mapping[int, str]) -> PersonChange:
    actor = entry.actor if isinstance(entry.actor, dict) else {}
    way = str(actor.get("via", ""))
    return PersonChange(
        number=entry.number,
        at=entry.at,
        what=str(EVENTS[entry.event]),
        who=names.get(_who(entry), ""),
        way=str(WAYS.get(way, way)),
    )
