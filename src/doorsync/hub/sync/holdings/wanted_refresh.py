"""Keep `wanted` up to date. Every change to users, groups, rights or terminals, and every start and expiry, leads here.

A refresh never deletes a holding and never touches `held`. One refresh runs per company at a time, and rows are written in
the order of their keys, so that two of them cannot overtake or deadlock each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction
from django.forms import model_to_dict
from django.utils import timezone

from doorsync.domain.allowance import Narrowing
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.statements import marks
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.reasons.fields import REASON_LENGTH
from doorsync.hub.sync.holdings.access_graph import AccessGraph, load_access_graph
from doorsync.hub.sync.holdings.holding_rows import HoldingRow, Place, Side, rows_of_users, rows_of_users_gone, schedule_rows
from doorsync.hub.sync.holdings.narrowing import is_timed, may_give, narrowing_of
from doorsync.hub.sync.holdings.pending_refreshes import forget_refreshed, is_too_much, put_off
from doorsync.hub.sync.holdings.rendering import Facts, Wanted, load_facts, moments_around, render_schedules, render_user
from doorsync.hub.sync.holdings.strangers import without_taken
from doorsync.hub.sync.models import Holding, HoldingState, ValidityChange
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Membership, User

CHUNK = 500  # users rendered at a time
ROWS = 1000  # holdings in one statement: 14 values each stay below the databases' limits

UPSERT = """
INSERT INTO sync_holding (company_id, kind, key, terminal_id,
    user_id, wanted, refusal, label, foreseen, narrows, timed, marks, settled, gives, wanted_since) VALUES {rows}
ON CONFLICT (company_id, kind, key, terminal_id) DO UPDATE
SET user_id = excluded.user_id, wanted = excluded.wanted, refusal = excluded.refusal, label = excluded.label,
    foreseen = excluded.foreseen, narrows = excluded.narrows, timed = excluded.timed,
    marks = excluded.marks, settled = excluded.settled, gives = excluded.gives,
    wanted_since = CASE WHEN excluded.wanted = sync_holding.wanted OR (excluded.wanted IS NULL AND sync_holding.wanted IS NULL)
        THEN sync_holding.wanted_since ELSE CURRENT_TIMESTAMP END
"""

DUES = "SELECT * FROM sync_validitychange WHERE user_id IN ({})"
NOBODY = frozenset([None])  # whose records are schedules

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Round:
    """One refresh of a company: the key of its digests, its moment, and whether a start or expiry brought it about."""

    company: Company
    key: bytes
    now: datetime
    due: bool = False


MOMENTS = ("company_id", "since", "at", "walls", "noted_at", "claimed")


@transaction.atomic(savepoint=False)
def refresh_holdings(
    company: Company,
    users: Collection[int] | None,
    *,
    schedules: bool = False,
    now: datetime | None = None,
    due: bool = False,
    on_their_own: bool = False,
) -> bool:
    """Bring `wanted` up to date at every terminal for these users, by id; deleted ones may be among them.

    None means everybody and all schedules; `schedules`: these too. `due`: their start or expiry has come, or another day.
    `on_their_own`: the change is about these users, and what it takes away need not wait for a wider one that is pending.
    Returns whether a row was written that is, or was, sent without a press: it takes access away, or is due by time.
    """
    lock_company(company)
    now = now or timezone.now()
    structure = load_access_graph(now)
    key = digest_key(company)
    unasked = [_refresh_schedules(company, structure, key, due=due)] if users is None or schedules else []
    if users is None:
        unasked.append(_refresh_vanished(company))
        users = list(User.objects.order_by("pk").values_list("pk", flat=True))
    this = Round(company, key, now, due=due)
    unasked += [_refresh_chunk(this, chunk, structure) for chunk in chunks(sorted(users), CHUNK)]
    if on_their_own and users and structure.refreshing:
        forget_refreshed(users)
    return any(unasked)


@transaction.atomic
def refresh_terminal(
    company: Company, terminal_id: int, actor: Actor | None = None, *, before: Capabilities | None = None
) -> None:
    """Bring `wanted` up to date at one terminal, whose capabilities changed. Nothing of the others is written.

    Starts and expiries stay as they are remembered, because they do not depend on what a terminal can hold. Where it is about
    too many people for one transaction they are put off. `before`: its capabilities until now, where nothing else has changed:
    people are left alone where their records do not depend on the difference.
    """
    lock_company(company)
    key, structure = digest_key(company), load_access_graph().only(terminal_id)
    schedules = without_taken(Kind.SCHEDULE, None, render_schedules(structure, key))
    _write(Round(company, key, timezone.now()), Kind.SCHEDULE, schedule_rows(terminal_id), schedules)
    if before and structure.renders_as_with(before, terminal_id):
        return
    placed = Holding.objects.filter(terminal_id=terminal_id, kind=Kind.USER, user_id__isnull=False)
    opening = Membership.objects.filter(group_id__in=structure.opens)
    users = {*opening.values_list("user_id", flat=True), *filter(None, placed.values_list("user_id", flat=True))}
    if is_too_much(users, terminal_id):
        put_off(company, users, actor, terminal_id=terminal_id)
    else:
        refresh_users_at(company, terminal_id, users)


def refresh_or_put_off(terminal: Terminal, users: Collection[int]) -> None:
    """Refresh these users after something at this terminal concerned them; many of them in chunks after the transaction."""
    if is_too_much(users, terminal.pk):
        put_off(terminal.company, users, None, terminal_id=terminal.pk)
    elif users:
        refresh_holdings(terminal.company, users)


@transaction.atomic
def refresh_users_at(company: Company, terminal_id: int, users: Collection[int]) -> None:
    """Bring `wanted` up to date at one terminal for these users."""
    lock_company(company)
    this, structure = Round(company, digest_key(company), timezone.now()), load_access_graph().only(terminal_id)
    for chunk in chunks(sorted(users), CHUNK):
        _refresh_chunk(this, chunk, structure, terminal_id)


def digest_key(company: Company) -> bytes:
    """The key of this company's digests."""
    return vault.derived(company, "digest")


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in slices of this size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def judge_again(company: Company, terminal_id: int, keys: Collection[str]) -> None:
    """Work out again whether changes narrow access, for keys whose `held` has moved and is not what is wanted."""
    moved = Holding.objects.filter(terminal_id=terminal_id, key__in=keys, state=HoldingState.CHANGED)
    found = list(moved.values_list("kind", "user_id")) if keys else []
    if users := {user for kind, user in found if kind == Kind.USER and user}:
        refresh_holdings(company, users)
    if any(kind == Kind.SCHEDULE for kind, _ in found):
        _refresh_schedules(company, load_access_graph(), digest_key(company))


def _refresh_schedules(company: Company, structure: AccessGraph, key: bytes, *, due: bool = False) -> bool:
    wanted = without_taken(Kind.SCHEDULE, None, render_schedules(structure, key))
    came = NOBODY if due else frozenset()
    return _write(Round(company, key, structure.now), Kind.SCHEDULE, schedule_rows(), wanted, came)


def _refresh_chunk(this: Round, users: Sequence[int], structure: AccessGraph, terminal_id: int | None = None) -> bool:
    """`terminal_id`: the only terminal that the structure is about, where it is not about all."""
    dues = {due.user_id: due for due in ValidityChange.objects.raw(DUES.format(marks(users)), list(users))}
    came = {user for user, due in dues.items() if this.due or (due.at and due.at <= this.now)}
    facts = load_facts(this.company, users, dues)
    present = rows_of_users(users, {each.person.key for each in facts}, terminal_id)
    rendered = (each for one in facts for each in render_user(one, structure, this.key, this.now))
    wanted = without_taken(Kind.USER, {one.person.key for one in facts}, rendered)
    unasked = _write(this, Kind.USER, present, wanted, came)
    if terminal_id is None:
        _remember_due(this, dues, facts, structure)
    return unasked


def _refresh_vanished(company: Company) -> bool:
    """Set `wanted` to None for deleted users: a change to everybody does not name them one by one."""
    return _write(Round(company, b"", timezone.now()), Kind.USER, rows_of_users_gone(), ())


def _write(
    this: Round,
    kind: Kind,
    present: dict[Place, HoldingRow],
    wanted: Iterable[Wanted],
    came: Collection[int | None] = frozenset(),
) -> bool:
    """Upsert what differs from the present rows. Rows that are no longer wanted stay, with `wanted` None.

    Returns whether one of the written rows is, or was, sent without a press.
    """
    differing = [
        (place, side)
        for place, side in _sides(this, present, wanted, came)
        if place not in present or present[place].side != side
    ]
    rows = sorted(((this.company.pk, kind, *place, *side) for place, side in differing), key=lambda row: row[2:4])
    for some in chunks(rows, ROWS):
        values = ", ".join(["(" + ", ".join(["%s"] * len(some[0])) + ", CURRENT_TIMESTAMP)"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(UPSERT.format(rows=values), [value for row in some for value in row])
    return any(side.is_sent_unasked or (place in present and present[place].side.is_sent_unasked) for place, side in differing)


def _sides(
    this: Round, present: dict[Place, HoldingRow], wanted: Iterable[Wanted], came: Collection[int | None]
) -> Iterator[tuple[Place, Side]]:
    """The new columns of each place. An expired user who was never wanted at a terminal gets no row there."""
    left = dict(present)
    for each in wanted:
        place = each.key, each.terminal_id
        row = left.pop(place, None)
        if row or each.digest or each.refusal:
            ended = not each.digest and not each.refusal
            narrows = narrowing_of(row, each, this.key) if row else Narrowing.NONE
            timed = is_timed(row, each, this.key, came=each.user_id in came)
            settled = _settled(row, each.digest) if row else None
            stored = each.refusal.stored(REASON_LENGTH)
            may = may_give(row, each, this.key) if row else True
            yield place, Side(each.user_id, each.digest, stored, each.label, ended, narrows, timed, each.marks, settled, may)
    for place, row in left.items():
        yield place, Side(row.side.user_id, None, "", row.side.label, row.side.foreseen, Narrowing.NONE, timed=False)


def _settled(row: HoldingRow, digest: bytes | None) -> bytes | None:
    """The last record that was both wanted and held, kept from the moment `wanted` moves on."""
    side = row.side
    if side.wanted == digest:
        return side.settled
    if side.wanted is not None and side.wanted == row.held:
        return side.wanted + (side.marks or b"")
    return side.settled


def _remember_due(this: Round, dues: Mapping[int, ValidityChange], facts: list[Facts], structure: AccessGraph) -> None:
    """Only what differs is written; a row that was claimed does, and is free again."""
    rows = {}
    for one in facts:
        since, at = moments_around(one, structure.sites.values(), this.now)
        if since or at:
            due = ValidityChange(company_id=this.company.pk, user_id=one.user.pk, since=since, at=at, walls=one.walls)
            due.noted_at = one.noted_at or this.now
            rows[one.user.pk] = due
    if stale := dues.keys() - rows.keys():
        ValidityChange.objects.filter(user_id__in=stale, company_id=this.company.pk).delete()
    differing = [row for user, row in rows.items() if user not in dues or model_to_dict(dues[user]) != model_to_dict(row)]
    ValidityChange.objects.bulk_create(differing, update_conflicts=True, unique_fields=["user_id"], update_fields=MOMENTS)
