"""The people behind a number of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models.functions import Length

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.pending import PUT, in_scope, overflow
from doorsync.hub.sync.models import Holding, HoldingState, Mode
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Membership, User

PER_PAGE = 50
BY_NUMBER = (Length("key"), "key")  # keys are numbers without zeros before them: 9 comes before 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person at one terminal. `stranger`: only the terminal knows them."""

    key: str
    external_id: str
    name: str
    groups: str
    reason: str
    held_since: datetime | None
    user_id: int | None
    stranger: bool


def plan_people(choice: Selection, terminal: Terminal, state: HoldingState, page: int) -> Page[PersonRow]:
    """The people whom the plan counts under this state at this terminal, 50 a page, by key."""
    erase = choice.mode == Mode.ERASE
    scope = in_scope(() if erase else choice.groups)
    rows = Holding.objects.filter(scope, terminal_id=terminal.pk, kind=Kind.USER)
    new = list(rows.filter(state=HoldingState.NEW).order_by(*BY_NUMBER))
    fitting = len(new) - overflow(terminal, len(new))
    match state:
        case HoldingState.NEW if erase:
            chosen = [*rows.filter(state__in=(HoldingState.SAME, HoldingState.CHANGED)).order_by(*BY_NUMBER), *new[:fitting]]
        case HoldingState.NEW:
            chosen = new[:fitting]
        case HoldingState.REFUSED:
            chosen = [*rows.filter(state=HoldingState.REFUSED).order_by(*BY_NUMBER), *new[fitting:]]
        case HoldingState.SAME | HoldingState.CHANGED if erase:
            chosen = []
        case _:
            chosen = list(rows.filter(state=state).order_by(*BY_NUMBER))
    found: Page[Holding] = Paginator(chosen, PER_PAGE).get_page(page)
    full = RefusalCode.NO_ROOM_FOR_PEOPLE(limit=terminal.capabilities.capacity)
    found.object_list = _rows(list(found.object_list), full)  # type: ignore[assignment]  # the page now shows rows instead
    return found  # type: ignore[return-value]


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
            reason=describe_selection(
                holding.refusal or (full if holding.state in PUT and holding.state == HoldingState.NEW else NO_REASON)
            ),
            held_since=holding.held_since,
            user_id=holding.user_id,
            stranger=holding.user_id is None,
        )
        for holding in holdings
    ]
