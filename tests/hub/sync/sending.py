"""A club whose terminals are in sync, for tests that look at one step of what comes next."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Holding, Mode, Run, RunTerminal
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.actions import change_user
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart


def choice(*terminals: Terminal, mode: Mode = Mode.CHANGES, groups: frozenset[int] = frozenset()) -> Selection:
    return Selection(terminals=frozenset(terminal.pk for terminal in terminals), mode=mode, groups=groups)


def open_run(club: Gym, *terminals: Terminal, confirmed: int | None = None, **chosen: Any) -> Run:
    """Press for these terminals, or for all."""
    wish = choice(*(terminals or club.terminals), **chosen)
    return start_run(company=club.company, choice=wish, confirmed=confirmed, actor=club.actor)


def send(club: Gym, there: Counterpart, *terminals: Terminal, **pressed: Any) -> Run:
    """Press, and carry until nothing is left that can be done now. No pause is waited for."""
    run = open_run(club, *terminals, **pressed)
    RunTerminal.objects.update(retry_at=None)
    there.work()
    return run


def held_of(user: User, terminal: Terminal) -> Holding | None:
    """The holding of this person at this terminal."""
    return Holding.objects.filter(kind=Kind.USER, key=str(user.number), terminal_id=terminal.pk).first()


def change(club: Gym, user: User, **fields: Any) -> None:
    """Change these fields of a person, as the pages do."""
    change_user(user=User.objects.select_related("company").get(pk=user.pk), actor=club.actor, **fields)


def limit(club: Gym, there: Counterpart, terminal: Terminal, **can: Any) -> None:
    """The terminal can do less, or more, than before, and the hub knows it."""
    fresh = Terminal.objects.get(pk=terminal.pk)
    fresh.limits = {**fresh.limits, **can}
    fresh.save()
    device = there.device(terminal)
    device.capabilities = fresh.limits
    device.readable = fresh.capabilities.readable
    with transaction.atomic():
        club.tell()
