"""Expect, let arrive, end and cancel visits. A visitor's access is that of any user: dates, groups and credentials."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.due_rows import work_off_due
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.any_case import any_case
from doorsync.hub.users.credential_kinds import KINDS
from doorsync.hub.users.edits import add_user
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from doorsync.hub.visitors.errors import BadVisit, VisitIsOver
from doorsync.hub.visitors.models import OPEN, Visit, VisitState
from doorsync.hub.visitors.passes import PASS_KIND, new_pass_number, pass_lookup
from doorsync.hub.visitors.times import fits_weekly, next_week, over_at

NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Who receives a visitor: a user, or a name alone."""

    name: str = ""
    user: User | None = None


def expect_visitor(
    *,
    company: Company,
    fields: Fields,
    host: Host | None = None,
    weekly_until: date | None = None,
    with_pass: bool = False,
    actor: Actor,
) -> Visit:
    """A new user who is a visitor, and their visit from `starts` to `expires`. Raises BadFields or BadVisit.

    `with_pass`: one more card of theirs is a number that nobody has, for a QR code.
    """
    with company_transaction(company, actor):
        number = new_pass_number(company) if with_pass else ""
        user = add_user(company=company, fields=_fields(fields, number), actor=actor)
        over = over_at(user.expires) if user.starts and user.expires else None
        if over is None or over <= timezone.now() or (weekly_until and not fits_weekly(user.starts, user.expires)):
            raise BadVisit
        visit = Visit.objects.create(
            company=company,
            user=user,
            host=host.user if host else None,
            host_name=host.name if host else "",
            starts=user.starts,
            ends=user.expires,
            over_at=over,
            weekly_until=weekly_until,
            groups=sorted(user.memberships.values_list("group_id", flat=True)),
            pass_lookup=pass_lookup(company, number) if with_pass else None,
        )
        trail.record("visit.expected", actor=actor, visit=visit.pk, user=user.pk)
    return visit


def _fields(fields: Fields, number: str) -> Fields:
    given = dict(fields.get("credentials", {}))
    if number:
        given[PASS_KIND] = given.get(PASS_KIND, NOTHING) | {number}
    return {**fields, "visitor": True, "credentials": given}


def note_arrival(*, visit: Visit, actor: Actor) -> None:
    """The visitor is here. Raises VisitIsOver unless they are expected."""
    _move(visit, [VisitState.EXPECTED], VisitState.ARRIVED, actor, arrived_at=timezone.now())


def undo_arrival(*, visit: Visit, actor: Actor) -> None:
    """They are not here after all. Raises VisitIsOver unless they have arrived."""
    _move(visit, [VisitState.ARRIVED], VisitState.EXPECTED, actor, arrived_at=None)


def end_visit(*, visit: Visit, actor: Actor) -> None:
    """They have left: their access ends now, and what they opened with is free. Raises VisitIsOver."""
    with company_transaction(visit.company, actor):
        _move(visit, OPEN, VisitState.COMPLETE, actor, ended_at=timezone.now())
        _take_access(visit, actor)


def cancel_visit(*, visit: Visit, actor: Actor) -> None:
    """They do not come, this time and the next ones: as `end_visit`. Raises VisitIsOver."""
    with company_transaction(visit.company, actor):
        _move(visit, OPEN, VisitState.CANCELLED, actor, ended_at=timezone.now(), weekly_until=None)
        _take_access(visit, actor)


def reopen_visit(*, visit: Visit, groups: Collection[int], actor: Actor) -> None:
    """Expect them again after they left or it was cancelled, as long as its time is not over. Raises VisitIsOver.

    `groups`: those of the visit that the actor may give. What they opened with is free since, and must be given anew.
    """
    with company_transaction(visit.company, actor):
        now = timezone.now()
        if visit.over_at <= now or Visit.objects.filter(user=visit.user, state__in=OPEN).exists():
            raise VisitIsOver
        _move(visit, [VisitState.COMPLETE, VisitState.CANCELLED], VisitState.EXPECTED, actor, arrived_at=None, ended_at=None)
        known = Group.objects.filter(pk__in=set(visit.groups) & set(groups)).values_list("pk", flat=True)
        write_users(company=visit.company, writes=[Write({"groups": frozenset(known)}, visit.user)], actor=actor)


def end_visits(now: datetime) -> int:
    """End the visits whose time is over; returns how many. A company that is busy has its turn in the next round."""
    with scopes_disabled():
        due = list(Visit.objects.filter(over_at__lte=now, state__in=OPEN).values_list("company_id", "pk"))

    def end(pk: int, actor: Actor) -> bool:
        visit = Visit.objects.filter(pk=pk, state__in=OPEN).select_related("user__company", "company").first()
        if visit is None:
            return False
        end_visit(visit=visit, actor=actor)
        return True

    return work_off_due(due, end, failed="A visit could not be ended.")


def forget_in_visits(user_id: int, name: str) -> None:
    """Forget that this user, who may be gone, received visitors; where nobody is linked, by name. In a transaction."""
    same = Q(host_id=user_id) | (Q(host=None) & any_case("host_name__iexact", name))
    Visit.objects.filter(same).update(host_name="")


def _move(visit: Visit, before: Collection[str], after: VisitState, actor: Actor, **more: Any) -> None:
    with company_transaction(visit.company, actor):
        if not Visit.objects.filter(pk=visit.pk, state__in=before).update(state=after, **more):
            raise VisitIsOver
        trail.record(f"visit.{after}", actor=actor, visit=visit.pk, user=visit.user_id)
        visit.refresh_from_db(fields=["state", *more])


def _take_access(visit: Visit, actor: Actor) -> None:
    """What the visit gave. Who comes again next week keeps what they open with, and has no access before that.

    Nothing is taken from somebody whose dates were changed since, or who is no visitor any more: that was decided anew.
    """
    user = User.objects.select_related("company").get(pk=visit.user_id)
    if not user.visitor or (user.starts, user.expires) != (visit.starts, visit.ends):
        return
    fields: Fields = {"groups": frozenset(), "credentials": dict.fromkeys(KINDS, NOTHING)}
    if following := next_week(visit.starts, visit.ends, visit.weekly_until):
        starts, ends = following
        fields = {"starts": starts.replace("T", " "), "expires": ends.replace("T", " ")}
        _expect_again(visit, starts, ends)
    write_users(company=visit.company, writes=[Write(fields, user)], actor=actor)


def _expect_again(visit: Visit, starts: str, ends: str) -> None:
    """The same visit a week later."""
    Visit.objects.create(
        company=visit.company,
        user_id=visit.user_id,
        host_id=visit.host_id,
        host_name=visit.host_name,
        starts=starts,
        ends=ends,
        over_at=over_at(ends),
        weekly_until=visit.weekly_until,
        groups=visit.groups,
        pass_lookup=visit.pass_lookup,
    )
