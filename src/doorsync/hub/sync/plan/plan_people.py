"""The people behind one of the numbers of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.counters import same_counts
from doorsync.hub.sync.holdings.pending_holdings import in_scope, overflow_count
from doorsync.hub.sync.models import Holding, HoldingState, Mode
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Membership, User

PER_PAGE = 50
BY_KEY = ("digits", "key")  # keys are numbers without zeros before them: 9 comes before 10
NO_HOLDINGS = Q(pk__in=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person at one terminal. `stranger`: the hub has no such user."""

    key: str
    external_id: str
    name: str
    groups: str
    reason: str
    held_since: datetime | None
    user_id: int | None
    stranger: bool


def plan_people(choice: Selection, terminal: Terminal, state: HoldingState, page: int) -> Page[PersonRow]:
    """The people whom the plan counts under this state at this terminal, by key; no more than the page is read."""
    erase = choice.mode == Mode.ERASE
    holdings = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER).annotate(digits=Length("key"))
    if state != HoldingState.SAME:  # who is confirmed is counted whomever the choice is limited to
        holdings = holdings.filter(in_scope(choice.scope))
    counted = _counted_as(state, _beyond_capacity(holdings, terminal), erase=erase)
    pages = Paginator(holdings.filter(counted).order_by(*BY_KEY).values_list("key", flat=True), PER_PAGE)
    if state == HoldingState.SAME and not erase:
        pages.count = same_counts([terminal.pk]).get((terminal.pk, Kind.USER), 0)  # most people: the database counts them
    found: Page[Any] = pages.get_page(page)
    keys = list(found.object_list)  # an index answers this alone; whole rows are read after
    by_key = {each.key: each for each in Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=keys)}
    full = RefusalCode.NO_ROOM_FOR_PEOPLE(limit=terminal.capabilities.capacity)
    found.object_list = _rows([by_key[key] for key in keys if key in by_key], full)
    return found


def _counted_as(state: HoldingState, beyond: Q, *, erase: bool) -> Q:
    """Which holdings the plan counts so. An erase writes everybody back who stays, and who is new."""
    match state:
        case HoldingState.NEW if erase:
            return Q(state__in=(HoldingState.SAME, HoldingState.CHANGED)) | (Q(state=HoldingState.NEW) & ~beyond)
        case HoldingState.NEW:
            return Q(state=HoldingState.NEW) & ~beyond
        case HoldingState.REFUSED:
            return Q(state=HoldingState.REFUSED) | (Q(state=HoldingState.NEW) & beyond)
        case HoldingState.SAME | HoldingState.CHANGED if erase:
            return NO_HOLDINGS
        case _:
            return Q(state=state)


def _beyond_capacity(holdings: QuerySet[Holding], terminal: Terminal) -> Q:
    """Those new people for whom the terminal has no room: the last ones by key."""
    new = holdings.filter(state=HoldingState.NEW)
    count = new.count()
    fitting = count - overflow_count(terminal, count)
    if fitting == count:
        return NO_HOLDINGS
    first = new.order_by(*BY_KEY).values_list("key", flat=True)[fitting]
    return Q(digits__gt=len(first)) | Q(digits=len(first), key__gte=first)


def _rows(holdings: list[Holding], full: Reason) -> list[PersonRow]:
    users = [holding.user_id for holding in holdings if holding.user_id]
    ids = dict(User.objects.filter(pk__in=users).values_list("pk", "external_id"))
    groups: dict[int, list[str]] = {}
    for user, name in Membership.objects.filter(user_id__in=users).order_by("group__name").values_list("user_id", "group__name"):
        groups.setdefault(user, []).append(name)
    return [
        PersonRow(
            key=holding.key,
            external_id=ids.get(holding.user_id or 0, ""),
            name=holding.label,
            groups=", ".join(groups.get(holding.user_id or 0, [])),
            reason=describe_selection(holding.refusal or (full if holding.state == HoldingState.NEW else NO_REASON)),
            held_since=holding.held_since,
            user_id=holding.user_id,
            stranger=holding.user_id is None,
        )
        for holding in holdings
    ]
