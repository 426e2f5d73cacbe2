"""Erase a person: take them out of all doors, and forget whatever names them once each door was seen without them.

What need not wait is forgotten at once. The names that a removal needs go with the holdings, as terminals confirm these.
`personal_fields` names every field that holds something of a person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync import crash
from doorsync.domain.record import Kind
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.due_rows import work_off_due
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.events.erasing import forget_in_events
from doorsync.hub.privacy.errors import NumberInUse
from doorsync.hub.privacy.models import Erasure
from doorsync.hub.privacy.queries import former_names, former_user_id, waiting_holdings
from doorsync.hub.revocations.actions import forget_in_revocations
from doorsync.hub.revocations.models import Revocation
from doorsync.hub.sync.models import FoundEntry, Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.bulk_edits import forget_in_bulk_edits
from doorsync.hub.users.erased_numbers import note_erased
from doorsync.hub.users.errors import UserGone
from doorsync.hub.users.import_files import drop_uploads_with
from doorsync.hub.users.models import Credential, LostCredential, User
from doorsync.hub.visitors.actions import forget_in_visits


def erase_person(*, user: User, actor: Actor) -> Erasure:
    """Remove this user, forget at once what no terminal needs, and the rest when every door has confirmed. Raises UserGone."""
    with company_transaction(user.company, actor):
        if not User.objects.filter(pk=user.pk).exists():
            raise UserGone
        erasure = _begin(user.company, user.number, user.pk, actor, card_lookups=_card_lookups(user))
        drop_uploads_with(user.last_name)
        forget_in_visits(user.pk, user.full_name)  # while those that they received still say so
        remove_user(user=user, actor=actor)
        _forget_at_once(erasure)
    return erasure


def erase_former(*, company: Company, number: int, actor: Actor) -> Erasure:
    """The same for somebody who was deleted before. Raises NumberInUse where somebody has the number now."""
    with company_transaction(company, actor):
        if User.objects.filter(number=number).exists():
            raise NumberInUse
        erasure = _begin(company, number, former_user_id(number), actor)
        for name in former_names(number):
            drop_uploads_with(name.rpartition(" ")[2])
            forget_in_visits(erasure.user_id, name)
        _forget_at_once(erasure)
    return erasure


def _begin(company: Company, number: int, user_id: int, actor: Actor, **more: Any) -> Erasure:
    erasure = Erasure.objects.create(
        company=company,
        user_id=user_id,
        number=number,
        administrator_id=actor.administrator_id,
        via=actor.via,
        asked_at=timezone.now(),
        doors=_doors(number, user_id),
        **more,
    )
    trail.record("user.erasure-asked", actor=actor, user=user_id, number=number, erasure=erasure.pk)
    return erasure


def _forget_at_once(erasure: Erasure) -> None:
    """What no terminal needs. The person's row is gone already."""
    forget_in_bulk_edits(erasure.user_id)
    note_erased(erasure.company, erasure.number)
    _forget_events(erasure)


def finish_erasures(now: datetime) -> int:
    """Finish the erasures for which no door is left; returns how many. Several processes may call this at once."""
    with scopes_disabled():
        unfinished = list(Erasure.objects.filter(finished_at=None))
    due = [(each.company_id, each.pk) for each in unfinished if not _waits(each)]
    return work_off_due(due, lambda pk, actor: _finish(pk, actor, now), failed="An erasure could not be finished.")


def _waits(erasure: Erasure) -> bool:
    """Whether a door is left. A memory that is arriving in parts may still name the person."""
    with scope(company=erasure.company_id):
        read = FoundEntry.objects.filter(kind=Kind.USER, key=str(erasure.number))
        return waiting_holdings(erasure).exists() or read.exists()


def _finish(pk: int, actor: Actor, now: datetime) -> bool:
    erasure = Erasure.objects.filter(pk=pk, finished_at=None).first()
    if erasure is None or _waits(erasure):
        return False
    if not User.objects.filter(number=erasure.number).exists():  # who came back has events of their own
        _forget_events(erasure)
    crash.point("hub.erasure-forgotten")
    erasure.doors, erasure.card_lookups, erasure.finished_at = confirmed_doors(erasure), [], now
    erasure.save(update_fields=["doors", "card_lookups", "finished_at"])
    trail.record("user.erased", actor=actor, user=erasure.user_id, number=erasure.number, erasure=erasure.pk)
    return True


def _forget_events(erasure: Erasure) -> None:
    forget_in_events(erasure.number, [bytes.fromhex(each) for each in erasure.card_lookups])
    forget_in_revocations(erasure.number)


def _card_lookups(user: User) -> list[str]:
    return [bytes(row.lookup).hex() for model in (Credential, LostCredential) for row in model.objects.filter(user=user)]


def _doors(number: int, user_id: int) -> list[dict[str, Any]]:
    theirs = Q(user_id=user_id) | Q(key=str(number))
    holding = Holding.objects.filter(theirs, kind=Kind.USER).values_list("terminal_id", flat=True)
    terminals = Terminal.objects.filter(pk__in=list(holding)).order_by("location__name", "name")
    unconfirmed = {"confirmed_at": None, "evidence": ""}
    return [{"terminal": each.pk, "door": each.name, "serial": each.serial, **unconfirmed} for each in terminals]


def confirmed_doors(erasure: Erasure) -> list[dict[str, Any]]:
    """The doors that had the person, with the moment at which each was seen without them; None where nobody saw that yet.

    Of a finished erasure that is a door that never got them, or that is no door of the company any more.
    """
    if erasure.finished_at:
        return list(erasure.doors)
    since = Revocation.objects.filter(user_number=erasure.number, confirmed_at__gte=erasure.asked_at)
    seen = {row.terminal_id: row for row in since.order_by("-confirmed_at")}  # the first one counts
    return [{**door, **_evidence(seen.get(door["terminal"]))} for door in erasure.doors]


def _evidence(row: Revocation | None) -> dict[str, Any]:
    return {"confirmed_at": row.confirmed_at.isoformat(timespec="seconds"), "evidence": row.evidence} if row else {}
