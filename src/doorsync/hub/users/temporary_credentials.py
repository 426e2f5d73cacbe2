"""Credentials that are given for some days, such as a card: they go back by themselves, and the rest stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.due_rows import work_off_due
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.credential_edits import add_credential, take
from doorsync.hub.users.credential_kinds import KINDS, clean_credentials
from doorsync.hub.users.errors import BadFields, CredentialGone
from doorsync.hub.users.models import Credential, LostCredential, User
from doorsync.hub.users.queries import credential_lookup

MOST_DAYS = 31


def give_temporary_credential(
    *, user: User, kind: str, value: str, days: int, lost_id: int | None = None, actor: Actor
) -> datetime:
    """One until the end of the day, so many days from now on (1: today), by the clock of `home_zone`; returns that moment.

    `lost_id`: the lost credential for which it stands; it goes back when that is found. Raises BadFields or CredentialGone.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadFields({"days": _("What is temporary is for 1 to %(most)s days.") % {"most": MOST_DAYS}})
    known = KINDS[kind]
    with company_transaction(user.company, actor):
        lost = LostCredential.objects.filter(pk=lost_id, user=user).first() if lost_id is not None else None
        if lost_id is not None and lost is None:
            raise CredentialGone
        cleaned = clean_credentials({kind: [value]})[kind]
        found_by = [credential_lookup(user.company, kind, each) for each in cleaned]
        if user.credentials.filter(lookup__in=found_by, ends_at=None).exists():
            raise BadFields({known.column: _("They have this %(what)s already, and for good.") % {"what": _(known.title)}})
        add_credential(user=user, kind=kind, value=value, actor=actor)
        ends = end_of_day(home_zone(user), days)
        user.credentials.filter(lookup__in=found_by).update(ends_at=ends, stands_for=lost)
        trail.record("credential.temporary", actor=actor, user=user.pk, kind=kind, days=days)
    return ends


def home_zone(user: User) -> ZoneInfo:
    """The time zone of the first location to which they belong; of the company's first where they belong to none."""
    location = user.locations.order_by("pk").first() or Location.objects.order_by("pk").first()
    return location.zone if location else ZoneInfo("UTC")


def end_of_day(zone: ZoneInfo, days: int) -> datetime:
    """The midnight that ends today (1), tomorrow (2), and so on."""
    today = timezone.now().astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=days)).replace(tzinfo=zone)


def end_temporary_credentials(now: datetime) -> int:
    """Take back all whose time is over; returns how many. A company that is busy has its turn in the next round.

    What terminals are to hold does not name them any more from their end on; that is sent when they are taken here.
    """
    with scopes_disabled():
        due = list(Credential.objects.filter(ends_at__lte=now).values_list("company_id", "pk"))

    def end(pk: int, actor: Actor) -> bool:
        row = Credential.objects.filter(pk=pk, ends_at__lte=now).select_related("user__company").first()
        if row is None:
            return False
        take(row.user, row, actor)
        trail.record("credential.ended", actor=actor, user=row.user_id, kind=row.kind)
        return True

    return work_off_due(due, end, failed="A temporary credential could not be taken back.")
