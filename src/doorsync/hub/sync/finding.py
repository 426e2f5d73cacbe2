"""Finding one person, and which terminals hold him since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Batch, Holding, State
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A person who fits the words: a user, or somebody who is only left in terminals."""

    user_id: int | None
    key: str
    name: str
    groups: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """One terminal of one person. `held`: in its memory as far as confirmed; `wanted`: should be."""

    terminal: Terminal
    state: State
    held: bool
    unknown: bool
    wanted: bool
    since: datetime | None
    reason: str


def find(text: str) -> list[Found]:
    """At most 20 people whose name, number or id fits every word; those whom only terminals still hold come last."""
    words = text.split()[:5]
    if not words:
        return []
    users = User.objects.prefetch_related("groups")
    rest = Holding.objects.filter(~Q(user_id__in=User.objects.values("pk")) | Q(user_id=None), kind=Kind.USER)
    for word in words:
        users = users.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(number__startswith=word)
            | Q(external_id__istartswith=word)
        )
        rest = rest.filter(Q(label__icontains=word) | Q(key__startswith=word))
    known = [
        Found(
            user_id=user.pk,
            key=str(user.number),
            name=user.full_name,
            groups=", ".join(group.name for group in user.groups.all()),
        )
        for user in users[:MOST]
    ]
    left = rest.values_list("key", "label").distinct().order_by("label", "key")[: MOST - len(known)]
    return known + [Found(user_id=None, key=key, name=label, groups="") for key, label in left]


def whereabouts(key: str) -> list[Whereabouts]:
    """Every terminal that holds, or should hold, this key; while a batch is under way there, nobody knows."""
    rows = {row.terminal_id: row for row in Holding.objects.filter(kind=Kind.USER, key=key)}
    busy = set(Batch.objects.filter(status=Batch.OPEN, terminal_id__in=rows).values_list("terminal_id", flat=True))
    terminals = Terminal.objects.filter(pk__in=rows).select_related("location").order_by("location__name", "name")
    return [_whereabouts(terminal, rows[terminal.pk], busy=terminal.pk in busy) for terminal in terminals]


def _whereabouts(terminal: Terminal, row: Holding, *, busy: bool) -> Whereabouts:
    held = None if row.held is None else bytes(row.held)
    return Whereabouts(
        terminal=terminal,
        state=State(row.state),
        held=bool(held),
        unknown=held == b"" or (busy and row.state != State.SAME),
        wanted=row.wanted is not None,
        since=row.held_since,
        reason=row.refusal,
    )
