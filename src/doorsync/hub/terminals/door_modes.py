"""Doors that are held open, locked down, or given back to their schedules, from the hub.

A hold has an end, which is kept twice: the agent ends it by itself, also while the hub is away; and the hub, which tells the door
back again and again until its terminal says that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from doorsync.domain.door_modes import DoorMode
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.terminals.door_openings import SENTENCES, is_awaited, note_request, obstacle
from doorsync.hub.terminals.errors import AlreadyBeingOpened, DoorNotOpenable
from doorsync.hub.terminals.models import DoorState, Terminal
from doorsync.messages.door_commands import LONGEST_HOLD, MODES, MODES_SINCE

AGAIN = timedelta(seconds=30)  # after which a door whose hold is over is told again
LONGEST = timedelta(seconds=LONGEST_HOLD)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a request for several doors: how many were asked for, and of the others their names and why not."""

    asked: int
    left_out: Sequence[tuple[str, str]]


def mode_obstacle(terminal: Terminal, now: datetime) -> str:
    """Why the mode of this terminal's doors cannot be changed now, for a person; "" where it can."""
    if found := obstacle(terminal, now):
        return str(SENTENCES[found])
    if terminal.agent.version < MODES_SINCE:
        return _("Its agent is too old to hold doors open or lock them down: update the agent.")
    if "mode_doors" not in terminal.limits:
        return _("It has not been asked yet whether it can: read it whole once.")
    if not terminal.capabilities.mode_doors:
        return _("It holds no door open and locks none down because it is told to, or Doorsync does not know how to tell it.")
    return ""


def ask_for_mode(*, terminal: Terminal, door: int, do: str, actor: Actor, until: datetime | None = None) -> DoorState:
    """Tell a door to be held open `until`, locked down, or given back (`hold`, `lock-down`, `back`).

    Raises DoorNotOpenable or AlreadyBeingOpened.
    """
    with company_transaction(terminal.company, actor):
        return _asked(terminal, door, do, actor, until)


def lock_down(*, terminals: Sequence[Terminal], actor: Actor, do: str = "lock-down") -> Told:
    """Lock all doors of these terminals down, or give them `back`. Each by itself: what cannot be told is said."""
    asked, left_out = 0, list[tuple[str, str]]()
    for terminal in terminals:
        doors = terminal.capabilities.mode_doors
        if why := mode_obstacle(terminal, timezone.now()):
            left_out.append((terminal.name, why))
            continue
        for door in doors:
            try:
                ask_for_mode(terminal=terminal, door=int(door), do=do, actor=actor)
            except (DoorNotOpenable, AlreadyBeingOpened) as error:
                left_out.append((terminal.name, str(error)))
            else:
                asked += 1
    return Told(asked, left_out)


def _asked(terminal: Terminal, door: int, do: str, actor: Actor, until: datetime | None, *, by_itself: bool = False) -> DoorState:
    terminal = Terminal.objects.select_for_update(of=("self",)).select_related("agent", "company").get(pk=terminal.pk)
    now = timezone.now()
    if why := mode_obstacle(terminal, now):
        raise DoorNotOpenable(why)
    if str(door) not in terminal.capabilities.mode_doors or (do == "hold") is not bool(until):
        raise DoorNotOpenable
    if until and not now < until <= now + LONGEST:
        raise DoorNotOpenable(_("A door is held open for a day at most."))
    if is_awaited(terminal, door, now):
        raise AlreadyBeingOpened
    opening = note_request(terminal, door, actor=actor, now=now, do=do, until=until)
    told = {"told": MODES[do].value, "told_at": now, "until": until, "administrator_id": actor.administrator_id}
    state, _new = DoorState.objects.update_or_create(
        terminal=terminal,
        door=door,
        defaults={**told, "tried_at": now, "by_itself": by_itself},
        create_defaults={**told, "tried_at": now, "by_itself": by_itself, "company": terminal.company},
    )
    end = {"until": until.isoformat(timespec="seconds")} if until else {}
    trail.record(f"door.{do}-asked", actor=actor, terminal=terminal.pk, door=door, opening=opening.pk, **end)
    return state


def is_confirmed(state: DoorState) -> bool:
    """Whether the terminal said, after it was told, that the door is in that mode."""
    return state.read == state.told and state.read_at is not None and state.read_at >= state.told_at


def is_over(state: DoorState, now: datetime) -> bool:
    """Whether it is told to be held open, and that time is over."""
    return state.told == DoorMode.HELD_OPEN and state.until is not None and state.until <= now


def is_as_usual(state: DoorState) -> bool:
    """Whether its people and schedules decide, as its terminal said."""
    return state.told == DoorMode.SCHEDULE and is_confirmed(state)


def end_holds(now: datetime) -> int:
    """Tell doors back whose hold is over, again until that is confirmed; returns how many. Several processes may call this."""
    over = Q(told=DoorMode.HELD_OPEN, until__lte=now) | (
        Q(told=DoorMode.SCHEDULE, by_itself=True) & ~Q(read=DoorMode.SCHEDULE, read_at__gte=F("told_at"), read_at__isnull=False)
    )
    with scopes_disabled():
        due = list(DoorState.objects.filter(over).select_related("terminal__agent", "terminal__company").order_by("pk"))
    return sum(_ended(state, now) for state in due)


def _ended(state: DoorState, now: datetime) -> bool:
    if state.by_itself and now < state.tried_at + AGAIN:
        return False
    with isolated("The end of a hold could not be told.", terminal=state.terminal.public_id), scope(company=state.company_id):
        actor = Actor(company_id=state.company_id)
        with company_transaction(state.terminal.company, actor):
            current = DoorState.objects.select_for_update().get(pk=state.pk)
            if (current.told, current.told_at) != (state.told, state.told_at) or current.tried_at != state.tried_at:
                return False
            try:
                _asked(state.terminal, state.door, "back", actor, None, by_itself=True)
            except (DoorNotOpenable, AlreadyBeingOpened):  # it stays due, and the pages say so
                return False
            return True
    return False
