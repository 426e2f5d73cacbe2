"""Compare what a terminal reports of itself with what was confirmed there. If they disagree, it is read whole.

The number of people is the one before the first order of a batch. As a terminal has one open batch at most, only somebody
other than the hub can have changed it since the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from doorsync.domain.reason import Reason
from doorsync.domain.record import Kind
from doorsync.drivers.contract import UNKNOWN_SCHEDULE
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.holdings.tallies import tallies
from doorsync.hub.sync.models import Batch, Holding, HoldingState
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.messages.schemas import Device, Receipt

LOOKS = timedelta(minutes=1)  # between two reads that an agent's reports may cause
JUMP = timedelta(days=1)  # larger than any ordinary correction of a clock


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a terminal must be read. `lost`: what was confirmed there may be gone, or belong to somebody else."""

    why: Reason
    lost: bool


def doubt_before(terminal: Terminal, batch: Batch, receipt: Receipt, now: datetime) -> Doubt | None:
    """What contradicts `held` as it was before this batch. Not asked of a batch that reads or erases the whole terminal."""
    device = receipt.device
    if device is None or batch.whole or receipt.state in ("interrupted", "other-device"):
        return None
    return _count(terminal, device) or _clock(terminal, device, now)


def doubt_after(terminal: Terminal, receipt: Receipt) -> Doubt | None:
    """A doubt when a person was refused for a missing schedule, although all schedules are confirmed."""
    if all(outcome.code != UNKNOWN_SCHEDULE for outcome in receipt.outcomes):
        return None
    here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.SCHEDULE)
    if here.filter(state__in=(HoldingState.NEW, HoldingState.CHANGED)).exists():
        return None  # a schedule is still pending, which explains it
    return Doubt(UnreadCode.SCHEDULE_LOST(), lost=True)


def act_on(terminal: Terminal, doubt: Doubt) -> None:
    """Mark the terminal to be read whole; where something may be lost, all that it holds becomes unknown."""
    if doubt.lost:
        forget_what_is_held(terminal, doubt.why)
    else:
        terminal.unread = doubt.why
        terminal.save(update_fields=["unread"])


@transaction.atomic
def note_change(terminal: Terminal, now: datetime) -> bool:
    """Have a terminal read that its agent reports as changed between batches. False: it was read within the last minute."""
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
    """Set, unsaved, what the device reported, for comparison with its next report."""
    told = {name: getattr(device, name) for name in ("model", "firmware", "users", "clock")}
    terminal.device = {**told, "clock_off": _clock_off(terminal, device, now)}


def note_uncounted(terminal: Terminal, device: Device) -> None:
    """Set, unsaved, by how many the device's own count differs from what was just read. Later counts may differ as much."""
    terminal.uncounted = 0
    if device.users is not None:
        terminal.uncounted = device.users - expected_count(terminal)[0]


def expected_count(terminal: Terminal) -> tuple[int, int]:
    """The least and most people the device should count: confirmed ones and strangers, and with those that are unknown."""
    counted = tallies([terminal.pk])[terminal.pk]
    least = counted.confirmed_people + counted.strangers[Kind.USER] + terminal.uncounted
    return least, least + counted.unknown_people


def _count(terminal: Terminal, device: Device) -> Doubt | None:
    if device.users is None:
        return None
    least, most = expected_count(terminal)
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
    """Seconds by which the device's clock is ahead of its location's time; None when it reports no usable time."""
    try:
        wall = datetime.fromisoformat(device.clock).replace(tzinfo=terminal.location.zone)
        return round((wall - now).total_seconds())
    except (ValueError, OverflowError):
        return None
