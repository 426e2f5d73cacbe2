"""Who names which time schedule at a terminal that keeps schedules in numbered places: a record names the place there.

When a schedule leaves its place, whoever names that place would pass at the hours of whatever comes there next.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from doorsync.domain.allowance import UNKNOWN as NOTHING_KNOWN
from doorsync.domain.capabilities import KeyForm
from doorsync.domain.digest import UNKNOWN
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.wanted_refresh import chunks, judge_again
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.models import Terminal

CHUNK = 500


def numbers_schedules(terminal: Terminal) -> bool:
    """Whether this terminal keeps its time schedules in numbered places."""
    return terminal.capabilities.schedule_key_form is KeyForm.PLACE


def confirmed_schedules(terminal: Terminal) -> set[str]:
    """The hub's keys of the schedules that are known to be at their places in this terminal, if only with other hours."""
    here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.SCHEDULE, held__isnull=False, place__isnull=False)
    return set(here.exclude(held=UNKNOWN).values_list("key", flat=True))


def placed_schedules(terminal: Terminal) -> set[str]:
    """The hub's keys of the schedules that have a place in this terminal, where it numbers them."""
    if not numbers_schedules(terminal):
        return set()
    here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.SCHEDULE, place__isnull=False)
    return set(here.values_list("key", flat=True))


def is_named(terminal: Terminal, schedule: str) -> bool:
    """Whether somebody whose record is still to be removed or replaced here may name this schedule."""
    waiting = Holding.objects.filter(state__in=(HoldingState.REMOVE, HoldingState.CHANGED), held__isnull=False)
    return _naming(waiting, terminal, [schedule]).exists()


def forget_who_names(terminal: Terminal, schedules: Collection[str]) -> None:
    """These schedules are not at their places any more, so what the people who name those places may do is unknown.

    Their records are sent again, once the schedules are somewhere. Nothing happens at terminals without such places.
    """
    if not schedules or not numbers_schedules(terminal):
        return
    people = sorted(_naming(Holding.objects.filter(held__isnull=False), terminal, schedules).values_list("key", flat=True))
    for some in chunks(people, CHUNK):
        here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=some)
        here.update(held=UNKNOWN, allowance=NOTHING_KNOWN)
        judge_again(terminal.company, terminal.pk, some)


def _naming(among: QuerySet[Holding], terminal: Terminal, schedules: Collection[str]) -> QuerySet[Holding]:
    """An allowance is JSON, whose texts of digits are schedules alone."""
    names = Q(allowance=NOTHING_KNOWN)
    for key in schedules:
        names |= Q(allowance__contains=f'"{key}"')
    return among.filter(names, terminal_id=terminal.pk, kind=Kind.USER)
