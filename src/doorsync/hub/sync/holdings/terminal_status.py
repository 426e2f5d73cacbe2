"""The status of a terminal. This is the one place that decides "up to date"; pages, runs, history and messages ask here.

A terminal is up to date when nothing at all waits for it, whatever a filter or a run is limited to, nothing about it is
unknown, its agent has agreed with this database since the hub started, and what it holds can be read back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from doorsync.domain.capabilities import Readback
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.pending_holdings import free_places
from doorsync.hub.sync.holdings.strangers import held_up_counts, undecided_counts
from doorsync.hub.sync.models import Batch, Holding, HoldingState, PendingRefresh, ValidityChange
from doorsync.hub.terminals.hub_epoch import current_epoch
from doorsync.hub.terminals.models import Terminal


class Condition(StrEnum):
    """The state of a terminal that is shown: the first that applies, in this order."""

    OTHER_DEVICE = "other-device"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    NEVER = "never"
    CHANGES = "changes"
    UNDER_WAY = "under-way"
    UNCONFIRMED = "unconfirmed"
    TO_DECIDE = "to-decide"
    ACCEPTED = "accepted"
    CANNOT_HOLD = "cannot-hold"
    UP_TO_DATE = "up-to-date"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalStatus:
    """What decides a terminal's state. `waiting`: orders to be confirmed. `refused`: people whom the terminal cannot hold.

    `confirmed`: its agent has reported on it since the hub started. `busy`: a batch has no receipt yet. `overdue`: a start or
    expiry of the company has passed and is not applied yet, or a change of it is still being worked out. `strangers`: how many
    wait for a decision. `held_up`: how many of the refused are so because somebody who was enrolled there has their number.
    """

    terminal: Terminal
    waiting: int = 0
    refused: int = 0
    busy: bool = False
    confirmed: bool = True
    overdue: bool = False
    strangers: int = 0
    held_up: int = 0

    @property
    def known(self) -> bool:
        """Whether what the hub believes to be held there is reliable."""
        return self.confirmed and not self.terminal.unread and self.terminal.other_at is None

    @property
    def verifiable(self) -> bool:
        """Whether anything can be read back there. Where not, what it accepted is all that anybody knows."""
        return self.terminal.capabilities.read_back is not Readback.NONE

    @property
    def condition(self) -> Condition:
        """The state that is shown."""
        true_of_it = {
            Condition.OTHER_DEVICE: self.terminal.other_at is not None,
            Condition.UNREACHABLE: self.terminal.lost_at is not None,
            Condition.UNKNOWN: bool(self.terminal.unread),
            Condition.NEVER: self.terminal.seen_at is None,
            Condition.CHANGES: self.waiting > 0 or self.overdue,
            Condition.UNDER_WAY: self.busy,
            Condition.UNCONFIRMED: not self.confirmed,
            Condition.TO_DECIDE: self.strangers > 0,
            Condition.ACCEPTED: not self.verifiable,
            Condition.CANNOT_HOLD: self.refused > 0,
        }
        return next((each for each, true in true_of_it.items() if true), Condition.UP_TO_DATE)

    @property
    def up_to_date(self) -> bool:
        """Whether the terminal may be called up to date."""
        return self.condition is Condition.UP_TO_DATE


def terminal_statuses(terminals: Iterable[Terminal]) -> dict[int, TerminalStatus]:
    """The status of each terminal, by its id, in a few queries. Load the terminals with their agents."""
    rows = {terminal.pk: terminal for terminal in terminals}
    counts = _pending(list(rows))
    free = free_places(rows[pk] for pk, count in counts.items() if count[Kind.USER, HoldingState.NEW])
    busy = set(Batch.objects.filter(terminal_id__in=rows, status=Batch.OPEN).values_list("terminal_id", flat=True))
    strangers = undecided_counts(list(rows))
    refused = [pk for pk, count in counts.items() if count[Kind.USER, HoldingState.REFUSED]]
    held_up = held_up_counts(refused) if refused else {}
    epoch, overdue = current_epoch(), _is_overdue(rows.values())
    found = {}
    for pk, terminal in rows.items():
        new = counts[pk][Kind.USER, HoldingState.NEW]
        full = max(0, new - free[pk]) if new else 0
        found[pk] = TerminalStatus(
            terminal=terminal,
            waiting=sum(number for (_kind, state), number in counts[pk].items() if state != HoldingState.REFUSED) - full,
            refused=counts[pk][Kind.USER, HoldingState.REFUSED] + full,
            busy=pk in busy,
            confirmed=epoch is not None and terminal.epoch == epoch and not terminal.agent.quarantined,
            overdue=overdue,
            strangers=strangers.get(pk, 0),
            held_up=held_up.get(pk, 0),
        )
    return found


def _pending(terminals: list[int]) -> dict[int, dict[tuple[int, int], int]]:
    counts: dict[int, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    rows = Holding.objects.filter(terminal_id__in=terminals, state__gt=HoldingState.SAME).order_by()
    for terminal, kind, state, number in rows.values_list("terminal_id", "kind", "state").annotate(n=Count("*")):
        counts[terminal][kind, state] = number
    return counts


def _is_overdue(terminals: Iterable[Terminal]) -> bool:
    """Whether in these companies a start or expiry has passed and is not applied yet, or a change is not worked out yet."""
    now, companies = timezone.now(), {terminal.company_id for terminal in terminals}
    due = ValidityChange.objects.filter(Q(at__lte=now) | Q(since__gt=now) | Q(claimed=True), company_id=OuterRef("pk"))
    refreshing = PendingRefresh.objects.filter(company_id=OuterRef("pk"))
    return Company.objects.filter(Exists(due) | Exists(refreshing), pk__in=companies).exists()
