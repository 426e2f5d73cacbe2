"""Reads of erasures, of the company in scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from doorsync.domain.record import Kind
from doorsync.hub.audit.models import Entry
from doorsync.hub.privacy.models import Erasure
from doorsync.hub.revocations.models import Revocation
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.models import Terminal


def waiting_holdings(erasure: Erasure) -> QuerySet[Holding]:
    """What terminals hold, or may hold, of this person.

    Somebody who came back with the number counts until each terminal holds the new record instead of the old one.
    """
    under_number = Q(key=str(erasure.number)) & (
        Q(state=HoldingState.REMOVE) | Q(held__isnull=False) & ~Q(state=HoldingState.SAME)
    )
    return Holding.objects.filter(Q(user_id=erasure.user_id) | under_number, kind=Kind.USER)


def waiting_doors(erasures: Iterable[Erasure]) -> dict[int, list[Terminal]]:
    """The terminals that each of these erasures still waits for, by its id; none for those that are finished."""
    waiting = {
        each.pk: set(waiting_holdings(each).values_list("terminal_id", flat=True)) for each in erasures if not each.finished_at
    }
    named = _by_name(set().union(*waiting.values()))
    found: dict[int, list[Terminal]] = defaultdict(list)
    for pk, terminals in waiting.items():
        found[pk] = [each for each in named if each.pk in terminals]
    return found


def former_names(number: int) -> set[str]:
    """How somebody who had this number is still called somewhere; none where nothing names them."""
    kept = Revocation.objects.filter(user_number=number).values_list("name", flat=True)
    held = Holding.objects.filter(kind=Kind.USER, key=str(number)).values_list("label", flat=True)
    return {*kept, *held} - {""}


def former_user_id(number: int) -> int:
    """The id of whoever had this number and was removed last, by the audit; 0 where it does not say."""
    entry = Entry.objects.filter(event="user.removed", subject__number=number).order_by("-number").first()
    return int(entry.subject["user"]) if entry else 0


def _by_name(pks: Collection[int]) -> list[Terminal]:
    return list(Terminal.objects.filter(pk__in=pks).select_related("location").order_by("location__name", "name"))
