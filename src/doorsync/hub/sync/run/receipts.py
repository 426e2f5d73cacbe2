"""Apply receipts: digest what was read back, compare it with what was sent, and set `held` to it.

Elsewhere `held` only becomes unknown (`holdings/snapshot`: a voided batch, a fork found at hello, a replaced device), or is
taken over from a released stranger (`stranger_decisions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from doorsync.domain.allowance import UNKNOWN as NOTHING_KNOWN
from doorsync.domain.allowance import shown_part
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.digest import UNKNOWN, as_read, digest
from doorsync.domain.reason import NO_REASON
from doorsync.domain.record import Kind
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import store_columns, update_columns
from doorsync.hub.companies.transactions import lock_company, write_turn
from doorsync.hub.sync import crash_points
from doorsync.hub.sync.holdings.former_entries import FormerEntries, Shown
from doorsync.hub.sync.holdings.found_strangers import note_strangers, refresh_keys, stranger_of
from doorsync.hub.sync.holdings.key_forms import follow_key_forms, keeps_otherwise
from doorsync.hub.sync.holdings.named_schedules import forget_who_names, placed_schedules
from doorsync.hub.sync.holdings.narrowing import may_hold
from doorsync.hub.sync.holdings.places import Places
from doorsync.hub.sync.holdings.snapshot import apply_snapshot, drop_parts, forget_what_is_held, forget_what_was_touched, put_by
from doorsync.hub.sync.holdings.strangers import is_ours
from doorsync.hub.sync.holdings.wanted_refresh import digest_key, judge_again, refresh_terminal
from doorsync.hub.sync.models import Batch, Holding, RunTerminal
from doorsync.hub.sync.run.batch_orders import FREEING
from doorsync.hub.sync.run.batch_sizes import SIZE
from doorsync.hub.sync.run.confirmed_removals import note_removed_people
from doorsync.hub.sync.run.consistency import act_on, doubt_after, doubt_before, note_device, note_uncounted
from doorsync.hub.sync.run.device_identity import recognise_device
from doorsync.hub.sync.run.held_moves import HeldMoves
from doorsync.hub.sync.run.locked_rows import locked_terminal
from doorsync.hub.sync.run.memory_parts import must_be_whole
from doorsync.hub.sync.run.progress import Confirmed, note_progress, scopes_of
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.sync.run.unreadable_terminals import note_failed_read
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.messages import envelope
from doorsync.messages.errors import Malformed, Replayed, UnknownBatch, WrongAgent, WrongChain, WrongCompany
from doorsync.messages.schemas import Outcome, Receipt

Place = tuple[int, str]


def apply_receipt(company: Company, agent: Agent, sealed: str) -> Batch:
    """Check a receipt and apply it. Raises a MessageRefused, and then nothing was applied."""
    receipt = envelope.unseal(sealed, Receipt, hub_keys_for(agent), agent_keys(agent))
    crash_points.point("hub.receipt-read")
    with write_turn(), transaction.atomic():
        lock_company(company)
        batch = _answered_by(receipt, company, agent)
        lost_before = batch.terminal.lost_at is not None
        confirmed = _apply(company, batch, receipt)
        refused_again = bool(batch.run_terminal and batch.run_terminal.refused_since) and not confirmed.people
        if not (lost_before if receipt.state == "not-reached" else refused_again):  # repeated failures are recorded once
            _record(company, batch, receipt, sealed)
    crash_points.point("hub.receipt-applied")
    return batch


def _record(company: Company, batch: Batch, receipt: Receipt, sealed: str) -> None:
    """Record the answer, so that it leads to the run, to who started it, and to the receipt."""
    trail.record(
        "batch.answered",
        actor=Actor(company_id=company.pk, via="agent", reference=batch.agent.public_id),
        batch=batch.pk,
        terminal=batch.terminal_id,
        state=receipt.state,
        run_terminal=batch.run_terminal_id,
        run=batch.run_terminal.run_id if batch.run_terminal else None,
        receipt=sha256(sealed.encode()).hexdigest()[:32],
    )


def _answered_by(receipt: Receipt, company: Company, agent: Agent) -> Batch:
    if receipt.company != company.slug:
        raise WrongCompany
    if receipt.agent != agent.public_id:
        raise WrongAgent
    batch = _batches_with_hash.first(hash=receipt.batch, agent=agent.pk)
    if batch is None or batch.status == Batch.VOID or batch.terminal.public_id != receipt.terminal:
        raise UnknownBatch
    if batch.status == Batch.ANSWERED:
        raise Replayed
    if receipt.seq != batch.seq:
        raise WrongChain
    if len(receipt.outcomes) != (1 if batch.whole else len(batch.orders)):
        raise Malformed
    must_be_whole(receipt, batch)
    return batch


@compiled
def _batches_with_hash(*, hash: Any, agent: Any) -> QuerySet[Batch]:  # noqa: A002 - the field's name
    found = Batch.objects.filter(hash=hash, agent=agent).order_by("pk")
    return found.select_related("terminal", "agent", "run_terminal__run", "company")


def _apply(company: Company, batch: Batch, receipt: Receipt) -> Confirmed:
    now = timezone.now()
    terminal = locked_terminal.get(pk=batch.terminal_id)
    if receipt.device is None or recognise_device(terminal, receipt.device, now):
        confirmed = _believed(company, terminal, batch, receipt, now)
    else:
        confirmed = _of_another(terminal, batch, receipt)
    _note_terminal(company, terminal, batch, receipt, now)
    batch.status, batch.answered_at, batch.sealed = Batch.ANSWERED, now, ""
    if receipt.state == "not-reached":  # nothing was written, and it may come thousands of times
        batch.orders = []
    update_columns([batch], ["status", "answered_at", "sealed", *(["orders"] if not batch.orders else [])])
    if batch.whole:
        drop_parts(batch)
    if batch.run_terminal:
        if 0 < batch.run_terminal.most <= SIZE:  # batches may grow again
            RunTerminal.objects.filter(pk=batch.run_terminal.pk).update(most=F("most") * 2)
        note_progress(batch.run_terminal, receipt, confirmed, now)
    if terminal.unread:
        start_reading(terminal.agent)
    return confirmed


def _believed(company: Company, terminal: Terminal, batch: Batch, receipt: Receipt, now: datetime) -> Confirmed:
    """Apply a receipt of the terminal's own device, or of no device, and act on anything inconsistent in it."""
    doubt = doubt_before(terminal, batch, receipt, now)
    confirmed = (_whole if batch.whole else _orders)(company, terminal, batch, receipt, now)
    if doubt := doubt or doubt_after(terminal, receipt):
        act_on(terminal, doubt)
        trail.record("terminal.doubted", actor=Actor(company_id=company.pk), terminal=terminal.pk)
    if receipt.device:
        note_device(terminal, receipt.device, now)
    return confirmed


def _of_another(terminal: Terminal, batch: Batch, receipt: Receipt) -> Confirmed:
    """Another device answered: what was begun before becomes unknown, and what was read from it is ignored."""
    if receipt.state != "other-device":
        forget_what_was_touched(terminal.pk, batch.orders)
    return Confirmed(another=True)


def _whole(company: Company, terminal: Terminal, batch: Batch, receipt: Receipt, now: datetime) -> Confirmed:
    outcome = receipt.outcomes[0]
    if outcome.result == "done" and receipt.memory is not None:
        put_by(company, batch, terminal, receipt.memory)
        apply_snapshot(terminal, batch, now)
        if batch.whole == "read" and receipt.device:
            note_uncounted(terminal, receipt.device)
        return Confirmed(whole=True)
    if outcome.result != "untouched" and batch.whole == "read":
        note_failed_read(terminal, receipt.why() or outcome.why())
    if batch.whole == "erase" and outcome.result != "untouched":
        forget_what_is_held(terminal, UnreadCode.ERASE_UNCERTAIN())
    return Confirmed(failed_whole=True)


def _orders(company: Company, terminal: Terminal, batch: Batch, receipt: Receipt, now: datetime) -> Confirmed:
    """Set `held` of each touched holding to what was read back. Rows are locked in the order of their keys."""
    keys = {key for _, _, key, *_ in batch.orders}
    locked = Holding.objects.select_for_update().filter(terminal_id=terminal.pk, key__in=keys).order_by("kind", "key")
    rows: dict[Place, Holding] = {(row.kind, row.key): row for row in locked}
    confirmed, key, taken = Confirmed(), digest_key(company), list[tuple[Holding, Outcome]]()
    removed: list[Holding] = []
    places, moves = Places(terminal), HeldMoves(terminal.pk, now)
    former = FormerEntries(terminal, places)
    confirmed.scopes = scopes_of(terminal.pk, {key for kind, key in rows if kind == Kind.USER})
    scheduled = placed_schedules(terminal)
    for (removal, kind, place, sent, state, allowance), outcome in zip(
        batch.orders, map(places.outcome_for_hub, receipt.outcomes), strict=True
    ):
        row = rows.get((kind, place))
        if outcome.result == "untouched" or row is None:
            continue
        if _is_strangers(receipt, outcome, row, former, terminal, key):
            taken.append((row, outcome))
            continue
        accepted = _accepted(receipt, outcome, row, bytes.fromhex(sent))
        held = _held(outcome, accepted, key, terminal)
        interrupted = receipt.state == "interrupted"
        as_sent, shown = held == bytes.fromhex(sent), terminal.capabilities.shown_fields
        may = may_hold(row, outcome, allowance, key, shown, interrupted=interrupted, as_sent=as_sent)
        (former.note_narrowed(row, may) if held is not None else former.note_gone(row))
        before = _before(row, bytes.fromhex(sent)) if interrupted and held == UNKNOWN else None
        moves.add(row, held, may, before=before, moves=removal and state == FREEING)
        right = held == (None if removal else bytes.fromhex(sent))
        if outcome.result == "taken":
            continue  # the entry is the hub's own after all, and is replaced by the next batch
        if right or receipt.state != "interrupted":  # what an interruption left undone is sent again, and is no problem
            confirmed.note(kind, place, state, outcome, right=right)
        if right and kind == Kind.USER and row.held is not None:
            confirmed.note_loss(row, removal=bool(removal) and state != FREEING)
            removed += [row] if removal and row.wanted is None else []
    moves.write()
    former.save()
    note_removed_people(terminal, removed, receipt, now)
    judge_again(company, terminal.pk, moves.unlike_wanted())
    _give_way(terminal, taken, places, now)
    forget_who_names(terminal, scheduled - placed_schedules(terminal))
    return confirmed


def _is_strangers(
    receipt: Receipt, outcome: Outcome, row: Holding, former: FormerEntries, terminal: Terminal, key: bytes
) -> bool:
    """Whether a stranger has this key: the agent says so, or was interrupted and the entry is not the hub's own."""
    found = outcome.found
    unsure = row.held is None or row.before is not None
    if found is None or not (outcome.result == "taken" or (receipt.state == "interrupted" and unsure)):
        return False
    record, can = found.record(), terminal.capabilities
    name = str(found.fields.get("name") or "")
    if found.own or is_ours(row, digest(key, record, can.shown_fields), name, can):
        return found.own
    shown = Shown(row.key, name, shown_part(key, record, can.shown_fields))
    return row.kind != Kind.USER or not former.recognised([shown])


def _give_way(terminal: Terminal, taken: Sequence[tuple[Holding, Outcome]], places: Places, now: datetime) -> None:
    """Store the strangers that an agent met. Users and schedules that need their keys are refused, or get other places."""
    if not taken:
        return
    strangers, moves = [], HeldMoves(terminal.pk, now)
    secret = digest_key(terminal.company)
    for row, outcome in taken:
        if (found := outcome.found) is not None:
            moves.add(row, None, NOTHING_KNOWN)
            seen = digest(secret, found.record(), terminal.capabilities.shown_fields)
            name = str(found.fields.get("name") or "")
            key, place = places.sealed_stranger(row.kind, places.place_of(row.kind, row.key) or row.key)
            made = stranger_of(terminal, kind=row.kind, key=key, name=name, held=seen, own=found.own, now=now)
            made.place, made.allowance = place, shown_part(secret, found.record(), terminal.capabilities.shown_fields)
            strangers.append(made)
    moves.write()
    refresh_keys(terminal, note_strangers(terminal, strangers))


def _accepted(receipt: Receipt, outcome: Outcome, row: Holding, sent: bytes) -> bytes | None:
    """The digest whose hidden half is taken over for fields that cannot be read back; None after an interruption."""
    if receipt.state == "interrupted":
        return None
    return (sent if outcome.result == "done" else bytes(row.held or b"")) or None


def _held(outcome: Outcome, accepted: bytes | None, key: bytes, terminal: Terminal) -> bytes | None:
    """The new `held`: None for nothing, UNKNOWN, or the digest of what was read back."""
    if outcome.result == "unknown":
        return UNKNOWN
    if outcome.found is None:
        return None
    return as_read(key, outcome.found.record(), terminal.capabilities.shown_fields, accepted)


def _before(row: Holding, sent: bytes) -> bytes | None:
    """The new `before` after an interrupted order: the key may still be a stranger's, because nobody has looked."""
    return sent if row.held is None else None if row.before is None else bytes(row.before)


def _note_terminal(company: Company, terminal: Terminal, batch: Batch, receipt: Receipt, now: datetime) -> None:
    unseen = receipt.state == "interrupted" and receipt.device is None  # says nothing about whether the terminal can be reached
    reached = not unseen and receipt.state != "not-reached" and terminal.other_at is None
    terminal.seq, terminal.chain_head = batch.seq, batch.hash
    terminal.seen_at = now if reached else terminal.seen_at
    lost = receipt.state in ("not-reached", "partly")
    if not unseen:
        terminal.lost_at = (terminal.lost_at or now) if lost else None
        terminal.last_error = receipt.why() if lost else NO_REASON
    if batch.whole == "read" and receipt.outcomes[0].result == "done":
        terminal.verified_at = now
    can = receipt.device.can if receipt.device and terminal.other_at is None else None
    changed = bool(can) and can != terminal.limits
    before, other_keys = terminal.capabilities, changed and keeps_otherwise(terminal, Capabilities.from_dict(can or {}))
    if can and changed:
        terminal.limits = can
    store_columns(terminal)
    if other_keys:
        follow_key_forms(terminal, before)
    if changed:  # records at this terminal may be rendered differently now
        refresh_terminal(company, terminal.pk, before=before)
        trail.record("terminal.capabilities-changed", actor=Actor(company_id=company.pk), terminal=terminal.pk)
