"""What the rules say of a person at a door at a moment. What the door holds, and so what it does, may be something else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from doorsync.domain import validity
from doorsync.hub.access.hours import Slot, is_within
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
    return _of_dates(user, site, moment) or _of_hours(_slots(schedules, graph), moment.astimezone(site.zone))


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


def _of_hours(slots: list[Slot], local: datetime) -> Verdict:
    return Verdict.OPENS if is_within(slots, local.isoweekday(), local.strftime("%H:%M")) else Verdict.OUT_OF_HOURS


def _slots(schedules: Iterable[str], graph: AccessGraph) -> list[Slot]:
    slots: list[Slot] = []
    for key in schedules:
        slots.extend(graph.schedules[key].fields["slots"])  # type: ignore[arg-type]  # the slots of a schedule
    return slots
