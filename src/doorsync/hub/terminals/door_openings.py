"""Doors that are told what to do from the hub: which can be, the request, what became of it. The messages are in `courier`."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import scope, scopes_disabled

from doorsync.domain.reason import Reason
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.terminals.connectivity import is_connected
from doorsync.hub.terminals.errors import AlreadyBeingOpened, DoorNotOpenable
from doorsync.hub.terminals.models import Agent, DoorOpening, DoorState, Terminal
from doorsync.hub.terminals.signals import opening_asked
from doorsync.messages.door_commands import SINCE_VERSION

LIFE = timedelta(seconds=15)  # of a request; with the oldest nonce that the hub takes, 45 s, as long as a nonce lives
LATEST = timedelta(seconds=20)  # after that, when an agent's answer is no longer waited for
KEPT = timedelta(days=30)  # the audit keeps who opened what for longer
DONE, OPENED, NOT_FETCHED, UNANSWERED = "done", "opened", "not-fetched", "unanswered"


class Obstacle(StrEnum):
    """Why a terminal's doors cannot be opened from here now, the first that holds."""

    AGENT_IN_BROWSER = "agent-in-browser"
    AGENT_AWAY = "agent-away"
    AGENT_OLD = "agent-old"
    NEVER_REACHED = "never-reached"
    OTHER_DEVICE = "other-device"
    LOST = "lost"
    NOT_ASKED_YET = "not-asked-yet"
    NOT_THIS_ONE = "not-this-one"


SENTENCES = {
    Obstacle.AGENT_IN_BROWSER: _(
        "Its agent works through the browser only. Turn on its cloud courier, so that it can be told at once."
    ),
    Obstacle.AGENT_AWAY: _("Its agent is not connected to the hub at this moment."),
    Obstacle.AGENT_OLD: _("Its agent is too old to open doors: update the agent."),
    Obstacle.NEVER_REACHED: _("It has never answered, so nobody knows which device it is."),
    Obstacle.OTHER_DEVICE: _("Another device answers at this address. Nothing was sent to it."),
    Obstacle.LOST: _("It is not reached."),
    Obstacle.NOT_ASKED_YET: _("It has not been asked yet whether it can: read it whole once."),
    Obstacle.NOT_THIS_ONE: _("It opens no door because it is told to, or Doorsync does not know how to tell it."),
}


def obstacle(terminal: Terminal, now: datetime) -> Obstacle | None:
    """What stands in the way of opening a door of this terminal now; None when nothing does."""
    return _of_agent(terminal.agent, now) or _of_device(terminal)


def _of_agent(agent: Agent, now: datetime) -> Obstacle | None:
    if agent.waited_at is None and agent.keys and not agent.quarantined:
        return Obstacle.AGENT_IN_BROWSER
    if agent.quarantined or not agent.keys or not is_connected(agent, now):
        return Obstacle.AGENT_AWAY
    return Obstacle.AGENT_OLD if agent.version < SINCE_VERSION else None


def _of_device(terminal: Terminal) -> Obstacle | None:
    if terminal.pinned_at is None:
        return Obstacle.NEVER_REACHED
    if terminal.other_at or terminal.address_wrong:
        return Obstacle.OTHER_DEVICE
    if terminal.lost_at:
        return Obstacle.LOST
    if "remote_doors" not in terminal.limits:
        return Obstacle.NOT_ASKED_YET
    return None if terminal.capabilities.remote_doors else Obstacle.NOT_THIS_ONE


def ask_to_open(*, terminal: Terminal, door: int, actor: Actor) -> DoorOpening:
    """Ask its agent to open a door of this terminal now, once. Raises DoorNotOpenable or AlreadyBeingOpened."""
    with company_transaction(terminal.company, actor):
        terminal = Terminal.objects.select_for_update(of=("self",)).select_related("agent", "company").get(pk=terminal.pk)
        now = timezone.now()
        if found := obstacle(terminal, now):
            raise DoorNotOpenable(str(SENTENCES[found]))
        if str(door) not in terminal.capabilities.remote_doors:
            raise DoorNotOpenable
        if is_awaited(terminal, door, now):
            raise AlreadyBeingOpened
        opening = note_request(terminal, door, actor=actor, now=now)
        trail.record("door.open-asked", actor=actor, terminal=terminal.pk, door=door, opening=opening.pk)
    return opening


def is_awaited(terminal: Terminal, door: int, now: datetime) -> bool:
    """Whether it is not known yet what came of a request for this door."""
    return any(result_of(each, now) == "" for each in terminal.openings.filter(door=door, result=""))


def note_request(
    terminal: Terminal, door: int, *, actor: Actor, now: datetime, do: str = "open", until: datetime | None = None
) -> DoorOpening:
    """Write a request down, and wake the agent. In the company's scope and transaction, with the terminal locked."""
    terminal.openings.filter(asked_at__lt=now - KEPT).delete()
    opening = DoorOpening.objects.create(
        company=terminal.company,
        terminal=terminal,
        door=door,
        do=do,
        until=until,
        public_id=secrets.token_hex(16),
        administrator_id=actor.administrator_id,
        asked_at=now,
        expires_at=now + LIFE,
    )
    opening_asked.send(sender=DoorOpening, agent=terminal.agent)
    return opening


def waiting_openings(agent: Agent, now: datetime) -> list[DoorOpening]:
    """Those that this agent should be given now, the oldest first. In the company's scope."""
    found = DoorOpening.objects.filter(terminal__agent=agent, sent_at=None, result="", expires_at__gt=now)
    some = found.select_related("terminal__agent", "terminal__location", "terminal__company").order_by("pk")
    return [each for each in some if obstacle(each.terminal, now) is None]


def result_of(opening: DoorOpening, now: datetime) -> str:
    """What is known of it: a result of `DoorAnswer`, NOT_FETCHED, UNANSWERED, or "" while it may still come."""
    if opening.result or now < opening.expires_at:
        return opening.result
    if opening.sent_at is None:
        return NOT_FETCHED
    return UNANSWERED if now >= opening.expires_at + LATEST else ""


def note_answer(opening: DoorOpening, *, result: str, reason: Reason, actor: Actor, mode: str = "") -> bool:
    """Write down what the agent said, with its author in the audit; False when it was answered before."""
    with transaction.atomic():
        waiting = DoorOpening.objects.filter(pk=opening.pk, result__in=["", UNANSWERED]).exclude(sent_at=None)
        if not waiting.update(result=result, reason=reason, answered_at=timezone.now()):
            return False
        if mode and opening.do != "open":
            state = DoorState.objects.filter(terminal_id=opening.terminal_id, door=opening.door, told_at__lte=opening.asked_at)
            state.update(read=mode, read_at=timezone.now())
        good = result == (OPENED if opening.do == "open" else DONE)
        code = {} if good else {"result": result, "code": reason.code[:32]}
        trail.record(_event(opening, good=good), actor=actor, **_subject(opening), **code)
    return True


def close_openings(now: datetime) -> int:
    """Write down of which requests nothing is known; returns how many. Several processes may call this at once."""
    with scopes_disabled():
        over = list(DoorOpening.objects.filter(result="", expires_at__lte=now).order_by("pk"))
    return sum(_closed(opening, now) for opening in over)


def _closed(opening: DoorOpening, now: datetime) -> bool:
    result = result_of(opening, now)
    if not result:
        return False
    with (
        isolated("A request to open a door could not be closed.", opening=opening.pk),
        scope(company=opening.company_id),
        transaction.atomic(),
    ):
        unsent = {"sent_at": None} if result == NOT_FETCHED else {}
        if DoorOpening.objects.filter(pk=opening.pk, result="", **unsent).update(result=result):
            event = _event(opening, good=False) if result == NOT_FETCHED else "door.unanswered"
            trail.record(event, actor=Actor(company_id=opening.company_id), **_subject(opening), result=result)
            return True
    return False


def _event(opening: DoorOpening, *, good: bool) -> str:
    if opening.do == "open":
        return "door.opened" if good else "door.not-opened"
    return "door.mode-confirmed" if good else "door.mode-not-confirmed"


def _subject(opening: DoorOpening) -> dict[str, int | None]:
    return {
        "terminal": opening.terminal_id,
        "door": opening.door,
        "opening": opening.pk,
        "administrator": opening.administrator_id,
    }
