"""What the rules say of a person at a door at a moment. What the door holds, and so what it does, may be something else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from doorsync.domain import validity
from doorsync.domain.holidays import hours_on
from doorsync.hub.sync.holdings.access_graph import AccessGraph, Site
from doorsync.hub.users.models import User
from doorsync.hub.web.badges import Badge


class Verdict(StrEnum):
    """Whether the rules open a door to somebody, or the first reason why not."""

    OPENS = "opens"
    NO_RIGHT = "no-right"
    SUSPENDED = "suspended"
    NOT_STARTED = "not-started"
    EXPIRED = "expired"
    OUT_OF_HOURS = "out-of-hours"
    DAMAGED = "damaged"


BADGES = {
    Verdict.OPENS: Badge(tone="good", icon="check", word=_("may open it")),
    Verdict.NO_RIGHT: Badge(tone="", icon="blank", word=_("has no right here")),
    Verdict.SUSPENDED: Badge(tone="bad", icon="cross", word=_("is suspended")),
    Verdict.NOT_STARTED: Badge(tone="wait", icon="clock", word=_("has not started yet")),
    Verdict.EXPIRED: Badge(tone="", icon="clock", word=_("has expired")),
    Verdict.OUT_OF_HOURS: Badge(tone="wait", icon="clock", word=_("outside the hours")),
    Verdict.DAMAGED: Badge(tone="bad", icon="warning", word=_("cannot be told: data are damaged")),
}


def rule_verdict(user: User, groups: Iterable[int], terminal: int, graph: AccessGraph, moment: datetime) -> Verdict:
    """What the rules of now say of this moment; `groups` are those of the user."""
    schedules = graph.only(terminal).reach(groups).get(terminal, frozenset())
    if not schedules:
        return Verdict.NO_RIGHT
    site = graph.sites[terminal]
    if (schedules & graph.damaged) or not site.zone_is_known:
        return Verdict.DAMAGED
    local = moment.astimezone(site.zone)
    return _of_dates(user, site, moment) or (Verdict.OPENS if _is_open(schedules, graph, local) else Verdict.OUT_OF_HOURS)


def _of_dates(user: User, site: Site, moment: datetime) -> Verdict | None:
    """What is against it, whatever the hours; None where nothing is."""
    if not user.active:
        return Verdict.SUSPENDED
    try:
        if user.starts and moment < validity.start_instant(user.starts, site.zone):
            return Verdict.NOT_STARTED
        over = bool(user.expires) and validity.end_instant(user.expires, site.zone) <= moment
    except ValueError:
        return Verdict.DAMAGED
    return Verdict.EXPIRED if over else None


def _is_open(schedules: Iterable[str], graph: AccessGraph, local: datetime) -> bool:
    """Whether one of these schedules has the door open at this moment on its clock, holidays included."""
    day, clock = local.date(), local.strftime("%H:%M")
    for key in schedules:
        slots: Any = graph.schedules[key].fields["slots"]
        if any(start <= clock < end for start, end in hours_on(slots, graph.holidays.get(key, ()), day)):
            return True
    return False
