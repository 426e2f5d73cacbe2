"""What a terminal says of itself that does not fit what was confirmed there: then what it holds counts as unknown, and is read.

The count is compared as it was before the first order of the batch: one batch at a time is open for a terminal, so nothing
but somebody else can have moved it since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from doorsync.domain.digest import UNKNOWN
from doorsync.domain.reason import Reason
from doorsync.domain.record import Kind
from doorsync.drivers.contract import UNKNOWN_SCHEDULE
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Stranger
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.messages.schemas import Device, Receipt

LOOKS = timedelta(minutes=1)  # between two reads that an agent may cause
JUMP = timedelta(days=1)  # by which no clock is put right


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why what a terminal holds is not known. `lost`: what was confirmed there may be gone, or be another's."""

    why: Reason
    lost: bool


def doubt_before(terminal: Terminal, batch: Batch, receipt: Receipt, now: datetime) -> Doubt | None:
    """What speaks against what was held before this batch. A batch that reads or erases the whole needs no such doubt."""
    device = receipt.device
    if device is None or batch.whole or receipt.state in ("interrupted", "other-device"):
        return None
    return _count(terminal, device) or _clock(terminal, device, now)


def doubt_after(terminal: Terminal, receipt: Receipt) -> Doubt | None:
    """A person was refused for a schedule that is not there, though all that it should have are confirmed."""
    if all(outcome.code != UNKNOWN_SCHEDULE for outcome in receipt.outcomes):
        return None
    here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.SCHEDULE)
    if here.filter(state__in=(HoldingState.NEW, HoldingState.CHANGED)).exists():
        return None  # and that is why
    return Doubt(UnreadCode.SCHEDULE_LOST(), lost=True)


def act_on(terminal: Terminal, doubt: Doubt) -> None:
    """It is to be read whole before anything is said of it; where something may be lost, nothing of it counts as held."""
    if doubt.lost:
        forget_what_is_held(terminal, doubt.why)
    else:
        terminal.unread = doubt.why
        terminal.save(update_fields=["unread"])


@transaction.atomic
def note_change(terminal: Terminal, now: datetime) -> bool:
    """Its agent says, between batches, that it is another device, or holds more or fewer people. False: not again so soon."""
    lock_company(terminal.company)
    terminal.refresh_from_db()
    if terminal.unread or terminal.other_at:
        return True
    if terminal.verified_at and now - LOOKS < terminal.verified_at <= now:
        return False
    act_on(terminal, Doubt(UnreadCode.CHANGED_BETWEEN(), lost=False))
    start_reading(terminal.agent)
    return True


def note_device(terminal: Terminal, device: Device, now: datetime) -> None:
    """Keep what it said, to compare it with next time; unsaved."""
    told = {name: getattr(device, name) for name in ("model", "firmware", "users", "clock")}
    terminal.device = {**told, "clock_off": _clock_off(terminal, device, now)}


def note_uncounted(terminal: Terminal, device: Device) -> None:
    """It was read whole: what it counts beyond, or short of, what it showed then, it may do in future too; unsaved."""
    terminal.uncounted = 0
    if device.users is not None:
        terminal.uncounted = device.users - expected(terminal)[0]


def expected(terminal: Terminal) -> tuple[int, int]:
    """How many people it should count: at least confirmed ones and strangers, at most also those of whom nobody knows."""
    here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, held__isnull=False)
    found = here.aggregate(sure=Count("key", filter=~Q(held=UNKNOWN)), unsure=Count("key", filter=Q(held=UNKNOWN)))
    strangers = Stranger.objects.filter(terminal_id=terminal.pk, kind=Kind.USER).count()
    least = found["sure"] + strangers + terminal.uncounted
    return least, least + found["unsure"]


def _count(terminal: Terminal, device: Device) -> Doubt | None:
    if device.users is None:
        return None
    least, most = expected(terminal)
    if device.users < least:
        return Doubt(UnreadCode.PEOPLE_LOST(found=device.users, held=least), lost=True)
    if device.users > most:
        return Doubt(UnreadCode.PEOPLE_ENROLLED(more=device.users - most), lost=False)
    return None


def _clock(terminal: Terminal, device: Device, now: datetime) -> Doubt | None:
    before, after = terminal.device.get("clock_off"), _clock_off(terminal, device, now)
    if before is None or after is None or abs(after - before) <= JUMP.total_seconds():
        return None
    return Doubt(UnreadCode.CLOCK_JUMPED(), lost=True)


def _clock_off(terminal: Terminal, device: Device, now: datetime) -> int | None:
    """Seconds by which its wall clock is ahead of its location's; None when it tells none that makes sense."""
    try:
        wall = datetime.fromisoformat(device.clock).replace(tzinfo=terminal.location.zone)
        return round((wall - now).total_seconds())
    except (ValueError, OverflowError):
        return None
