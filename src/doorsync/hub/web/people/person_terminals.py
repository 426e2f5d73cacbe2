"""The status of one person at every terminal of the company, and the reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from doorsync.domain.digest import HALF, differing_fields
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.access_graph import AccessGraph, load_access_graph
from doorsync.hub.sync.holdings.rendering import valid_at
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus, terminal_statuses
from doorsync.hub.sync.models import Batch, Holding, HoldingState, PendingRefreshUser, Problem, RunTerminal, Stranger
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import OPEN
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.credential_kinds import FOR_TERMINALS
from doorsync.hub.users.models import Credential, User

DIGEST = 2 * HALF


class PersonState(StrEnum):
    """The status of one person at one terminal."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    STRANGER = "stranger"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAtTerminal:
    """One terminal of one person. `row` is what is known to be there; `should`: the rules say that it holds the person now."""

    status: TerminalStatus
    row: Holding | None
    user: User | None
    should: bool
    has_right: bool
    in_group: bool
    credentials: bool
    problem: Reason
    held_back: bool
    under_way: bool
    refreshing: bool = False  # a change that concerns the person is still being worked out
    stranger: Stranger | None = None  # whom the hub did not put there, where nobody of ours is asked for

    @property
    def terminal(self) -> Terminal:
        """Where it is."""
        return self.status.terminal

    @property
    def held(self) -> bool | None:
        """Whether the terminal holds the person, as far as that was confirmed; None: nobody knows."""
        if self.terminal.unread or (self.row and self.row.held is not None and not bytes(self.row.held)):
            return None
        if self.row and self.status.busy and self.row.state != HoldingState.SAME:
            return None
        return bool(self.stranger or (self.row and self.row.held))

    @property
    def since(self) -> datetime | None:
        """Since when it holds the person without a break, as far as it was seen."""
        if self.stranger:
            return self.stranger.found_at
        return self.row.held_since if self.row and self.held else None

    @property
    def differing(self) -> list[str]:
        """The names of the fields in which what is held and what should be differ; none where nobody can tell."""
        row = self.row
        settled = bytes(row.settled or b"") if row else b""
        if not row or not row.held or settled[:DIGEST] != bytes(row.held):
            return []
        return differing_fields(settled[DIGEST:], bytes(row.marks or b""))

    @property
    def state(self) -> PersonState:
        """In a word."""
        row = self.row
        there = row is not None and row.held is not None
        true_of_it = {
            PersonState.UNCERTAIN: bool(self.terminal.unread),
            PersonState.STRANGER: self.stranger is not None,
            PersonState.REMOVE: there and (not self.should or (row is not None and row.wanted is None)),
            PersonState.REFUSED: row is not None and bool(row.refusal),
            PersonState.ABSENT: not self.should,
            PersonState.ADD: not there,
            PersonState.CHANGE: self.refreshing or (row is not None and row.state != HoldingState.SAME),
        }
        sure = PersonState.CONFIRMED if self.status.verifiable else PersonState.ACCEPTED
        sure = sure if self.status.known else PersonState.UNCERTAIN
        return next((state for state, true in true_of_it.items() if true), sure)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked once for all terminals of a person."""

    rows: dict[int, Holding] = field(default_factory=dict)
    problems: dict[int, Reason] = field(default_factory=dict)
    held_back: Collection[int] = ()
    under_way: Collection[int] = ()
    strangers: dict[int, Stranger] = field(default_factory=dict)


def person_terminals(
    company: Company, *, key: str, user_id: int | None, terminals: Iterable[Terminal] | None = None
) -> list[PersonAtTerminal]:
    """These terminals, or all of the company in the order of pages, for the person with this number. A few queries in all."""
    if terminals is None:
        terminals = Terminal.objects.select_related("location", "agent").order_by("location__name", "name")
    terminals = list(terminals)
    known, standing = _known(company, key), terminal_statuses(terminals)
    user = User.objects.filter(pk=user_id).first() if user_id else None
    structure = load_access_graph()
    groups = list(user.memberships.values_list("group_id", flat=True)) if user else []
    reach = structure.reach(groups)
    refreshing = user is not None and PendingRefreshUser.objects.filter(user_id=user.pk, refreshed=False).exists()
    credentials = bool(user) and Credential.objects.filter(user=user, kind__in=FOR_TERMINALS).exists()
    return [
        PersonAtTerminal(
            status=standing[terminal.pk],
            row=known.rows.get(terminal.pk),
            user=user,
            has_right=terminal.pk in reach,
            in_group=bool(groups),
            should=terminal.pk in reach and _is_valid(user, structure, terminal),
            credentials=credentials,
            problem=known.problems.get(terminal.pk, NO_REASON),
            held_back=terminal.pk in known.held_back,
            under_way=terminal.pk in known.under_way,
            refreshing=refreshing,
            stranger=None if user else known.strangers.get(terminal.pk),
        )
        for terminal in terminals
    ]


def _is_valid(user: User | None, structure: AccessGraph, terminal: Terminal) -> bool:
    return user is not None and valid_at(user, structure.sites[terminal.pk], timezone.now())


def _known(company: Company, key: str) -> _Known:
    rows = {row.terminal_id: row for row in Holding.objects.filter(kind=Kind.USER, key=key)}
    leaving = frozenset(row.terminal_id for row in rows.values() if row.state == HoldingState.REMOVE)
    terminal_plans = build_plan(company, Selection(terminals=leaving)).terminal_plans if leaving else ()
    problems = Problem.objects.filter(kind=Kind.USER, key=key, run_terminal__terminal__in=rows).order_by("pk")
    open_run_terminals = RunTerminal.objects.filter(terminal__in=rows, state__in=OPEN).values_list("terminal_id", flat=True)
    open_batches = Batch.objects.filter(terminal__in=rows, status=Batch.OPEN).values_list("terminal_id", flat=True)
    return _Known(
        rows=rows,
        problems=dict(problems.values_list("run_terminal__terminal_id", "message")),
        held_back={terminal_plan.terminal.pk for terminal_plan in terminal_plans if terminal_plan.over_guard},
        under_way={*open_run_terminals, *open_batches},
        strangers={each.terminal_id: each for each in Stranger.objects.filter(kind=Kind.USER, key=key)},
    )
