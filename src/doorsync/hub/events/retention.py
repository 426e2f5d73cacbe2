"""Delete events and revocations that are older than their company keeps them. The scheduler calls it.

Each company has its turn once an hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.events.models import AccessEvent, EventSettings
from doorsync.hub.revocations.actions import expire_revocations

EVERY = timedelta(hours=1)
AT_ONCE = 5000  # events of one company in one transaction


def expire_events(now: datetime) -> int:
    """Delete what is due, of companies that were deactivated too; returns how many. Several processes may call this at once."""
    with scopes_disabled():
        due = Q(expired_at=None) | Q(expired_at__lte=now - EVERY) | Q(expired_at__gt=now)
        rows = list(EventSettings.objects.filter(due, keep_months__gt=0))
    total = 0
    for settings in rows:
        with isolated("Events that are too old could not be deleted.", company=settings.company_id):
            total += _expire(settings, now)
    return total


def keep_since(keep_months: int, now: datetime) -> datetime:
    """The oldest moment that is kept: the same day and time so many months ago, or the month's last day."""
    month = now.year * 12 + now.month - 1 - keep_months
    year, month = divmod(month, 12)
    day = now.day
    while True:
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1


@transaction.atomic
def _expire(settings: EventSettings, now: datetime) -> int:
    """One portion; the company is due again at once where more are left."""
    with scope(company=settings.company_id):
        claimed = EventSettings.objects.filter(pk=settings.pk, expired_at=settings.expired_at).update(expired_at=now)
        if not claimed:
            return 0
        old = AccessEvent.objects.filter(at__lt=keep_since(settings.keep_months, now)).order_by("at", "number")
        some = list(old.values_list("pk", flat=True)[:AT_ONCE])
        AccessEvent.objects.filter(pk__in=some).delete()
        if some:
            actor = Actor(company_id=settings.company_id)
            trail.record("events.expired", actor=actor, count=len(some), months=settings.keep_months)
        left = expire_revocations(keep_since(settings.keep_months, now), AT_ONCE, Actor(company_id=settings.company_id))
        if AT_ONCE in (len(some), left):
            EventSettings.objects.filter(pk=settings.pk).update(expired_at=None)
    return len(some)
