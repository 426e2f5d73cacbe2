"""Whether the device that answers is the terminal's own: it is identified by its serial number, not by its address.

The first answer pins the serial number, or that there is none. Nothing is sent to another device, and its answers are
ignored, until an administrator decides; see docs/decisions/a-terminal-is-its-serial-number.md.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Batch
from doorsync.hub.sync.run.batches import void_batch
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.terminals.errors import DeviceElsewhere, NotAnotherDevice
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.messages.schemas import Device

RIGHT = {"other_at": None, "other_serial": "", "address_wrong": False}


def recognise_device(terminal: Terminal, device: Device, now: datetime) -> bool:
    """Whether this is the terminal's device. Pins the first one. Sets what was found on the terminal, unsaved."""
    known = terminal.serial or (terminal.pinned_at and terminal.device)  # the last one told none, when there is none
    right = device.serial == terminal.serial if known else owner_of_serial(terminal, device.serial) is None
    if right:
        _pin(terminal, device, now)
    else:
        _note_other(terminal, device, now)
    return right


def owner_of_serial(terminal: Terminal, serial: str) -> Terminal | None:
    """The other terminal of the company whose device has this serial number."""
    return Terminal.objects.exclude(pk=terminal.pk).filter(serial=serial).first() if serial else None


@transaction.atomic
def accept_replacement(*, terminal: Terminal, actor: Actor) -> None:
    """Accept the other device as the terminal's own. It is read whole first, because what it holds is unknown.

    Raises NotAnotherDevice, and DeviceElsewhere while it is another terminal's device and answers there too.
    """
    lock_company(terminal.company)
    terminal = Terminal.objects.select_for_update(of=("self",)).select_related("agent", "company").get(pk=terminal.pk)
    if terminal.other_at is None:
        raise NotAnotherDevice
    if there := owner_of_serial(terminal, terminal.other_serial):
        _take_from(there, actor)
    before, after = terminal.serial, terminal.other_serial
    _become(terminal, after, UnreadCode.DEVICE_REPLACED())
    trail.record("terminal.replaced", actor=actor, terminal=terminal.pk, known=bool(before))
    start_reading(terminal.agent)


@transaction.atomic
def call_address_wrong(*, terminal: Terminal, actor: Actor) -> None:
    """Note that the address is wrong: nothing is sent until it changes, or the right device answers. Raises NotAnotherDevice."""
    lock_company(terminal.company)
    if not Terminal.objects.filter(pk=terminal.pk, other_at__isnull=False).update(address_wrong=True):
        raise NotAnotherDevice
    trail.record("terminal.address-wrong", actor=actor, terminal=terminal.pk)


def note_move(terminal: Terminal, agent_before: Agent) -> None:
    """Make what a terminal holds unknown after its address or agent has changed, and have it read."""
    if terminal.agent_id != agent_before.pk or not terminal.serial:  # else the receipt shows which device answered
        for batch in Batch.objects.filter(terminal=terminal, status=Batch.OPEN):
            void_batch(batch, never_accepted=True)
    for name, value in RIGHT.items():
        setattr(terminal, name, value)
    terminal.save(update_fields=list(RIGHT))
    forget_what_is_held(terminal, UnreadCode.ADDRESS_CHANGED())
    start_reading(terminal.agent)


def _pin(terminal: Terminal, device: Device, now: datetime) -> None:
    if terminal.pinned_at is None or (device.serial and not terminal.serial):
        terminal.serial, terminal.pinned_at = device.serial, now
        trail.record("terminal.pinned", actor=Actor(company_id=terminal.company_id), terminal=terminal.pk)
    if terminal.other_at is not None:
        trail.record("terminal.right-device", actor=Actor(company_id=terminal.company_id), terminal=terminal.pk)
    for name, value in RIGHT.items():
        setattr(terminal, name, value)


def _note_other(terminal: Terminal, device: Device, now: datetime) -> None:
    if terminal.other_at is None or terminal.other_serial != device.serial:
        trail.record("terminal.other-device", actor=Actor(company_id=terminal.company_id), terminal=terminal.pk)
        terminal.address_wrong = False
    terminal.other_at, terminal.other_serial = terminal.other_at or now, device.serial


def _take_from(there: Terminal, actor: Actor) -> None:
    """Let two terminals swap devices: the other one pins the next device that answers, as if it were its first."""
    if there.other_at is None:
        raise DeviceElsewhere(
            _("This is the device of %(name)s, and answers there too. Each device is one terminal.") % {"name": there.name}
        )
    _become(there, "", UnreadCode.DEVICE_MOVED())
    trail.record("terminal.unpinned", actor=actor, terminal=there.pk)


def _become(terminal: Terminal, serial: str, why: Reason) -> None:
    for name, value in RIGHT.items():
        setattr(terminal, name, value)
    terminal.serial, terminal.pinned_at, terminal.device, terminal.uncounted = serial, None, {}, 0
    terminal.unreadable = NO_REASON
    terminal.save()
    forget_what_is_held(terminal, why)
