"""Visits as the front desk's page lists them: today's, those to come, and those that are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.visitors.models import OPEN, Visit, VisitState
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.clock import company_zone

SIZE = 100
WHEN = {"today": _("Today"), "coming": _("Coming"), "past": _("Past")}
BADGES = {
    VisitState.EXPECTED: Badge(tone="wait", icon="clock", word=_("expected")),
    VisitState.ARRIVED: Badge(tone="good", icon="check", word=_("arrived")),
    VisitState.COMPLETE: Badge(tone="", icon="blank", word=_("complete")),
    VisitState.CANCELLED: Badge(tone="", icon="cross", word=_("cancelled")),
}
NEVER_CAME = Badge(tone="", icon="blank", word=_("did not come"))


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """One visit, and what can be done with it now."""

    visit: Visit
    look: Badge
    is_open: bool
    may_reopen: bool


def visible_visits(administrator: Administrator) -> QuerySet[Visit]:
    """The visits of those whom this administrator sees."""
    visits = Visit.objects.select_related("user__company", "company", "host")
    return visits.filter(user__in=visible_users(administrator)) if administrator.limited else visits


def visit_rows(administrator: Administrator, when: str) -> list[VisitRow]:
    """The first of them, in the order of their start; those that are over with the newest first."""
    today = timezone.now().astimezone(company_zone()).date()
    first, after = f"{today.isoformat()}T00:00", f"{(today + timedelta(days=1)).isoformat()}T00:00"
    still_here = Q(state__in=OPEN, starts__lt=after)  # also who came yesterday, and has not left
    chosen = {
        "today": still_here | Q(starts__lt=after, ends__gt=first),
        "coming": Q(starts__gte=after),
        "past": Q(ends__lte=first) & ~Q(state__in=OPEN),
    }[when]
    order = ("-starts", "-pk") if when == "past" else ("starts", "pk")
    return _rows(visible_visits(administrator).filter(chosen).order_by(*order)[:SIZE], timezone.now())


def _rows(visits: Sequence[Visit] | QuerySet[Visit], now: datetime) -> list[VisitRow]:
    return [
        VisitRow(
            visit=visit,
            look=NEVER_CAME if visit.state == VisitState.COMPLETE and not visit.arrived_at else BADGES[VisitState(visit.state)],
            is_open=visit.state in OPEN,
            may_reopen=visit.state not in OPEN and visit.over_at > now,
        )
        for visit in visits
    ]
