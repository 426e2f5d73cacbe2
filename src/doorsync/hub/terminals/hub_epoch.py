"""The hub's epoch: what is told of terminals counts only where their agent has confirmed it since the hub last started.

A database may be an older one than yesterday's: a restored backup looks like any other. Only the agents know better. So a
number is raised each time a hub process starts, or finds that its database was replaced while it ran, and each terminal
remembers in which epoch its agent's hello last agreed with this database. See docs/decisions/confirmed-since-the-start.md.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.terminals.models import Agent, HubEpoch, Terminal

ROW = 1  # there is one row
Mark = tuple[int, str]
_newest: Mark | None = None  # that this process has seen: a database that knows only older ones was put in the place of ours


@transaction.atomic
def begin_epoch() -> int:
    """Begin a new one: no terminal is confirmed in it yet. Each hub process does this before it answers anybody."""
    HubEpoch.objects.get_or_create(pk=ROW)
    row = HubEpoch.objects.select_for_update().get(pk=ROW)
    row.number, row.mark = max(row.number, _newest[0] if _newest else 0) + 1, secrets.token_urlsafe(16)
    row.save()
    return _seen((row.number, row.mark))


def current_epoch() -> int | None:
    """The number of the epoch, as the database has it; None when nothing counts as confirmed. Writes nothing."""
    row = _rows.first()
    if row is None or _is_replaced(row):
        return None
    return _seen(row)


def sure_epoch() -> int:
    """The current epoch, or a new one where the database was replaced, or never had one."""
    return current_epoch() or begin_epoch()


def confirm_terminals(agent: Agent) -> None:
    """The agent's hello was compared with this database, terminal by terminal."""
    Terminal.objects.filter(agent=agent).update(epoch=sure_epoch())


def must_say_hello(agent: Agent) -> bool:
    """Whether the agent has a terminal that it has not spoken of since the epoch began, or since the terminal became its own."""
    return _unconfirmed.exists(agent=agent.pk, epoch=current_epoch() or 0)


def confirmed_agents() -> QuerySet[Agent]:
    """Agents that need not say hello because of the epoch, see `must_say_hello`."""
    unconfirmed = Terminal.objects.filter(agent=OuterRef("pk")).exclude(epoch=current_epoch() or 0)
    return Agent.objects.filter(~Exists(unconfirmed))


@compiled
def _rows() -> QuerySet[HubEpoch, Mark]:
    return HubEpoch.objects.filter(pk=ROW).values_list("number", "mark")


@compiled
def _unconfirmed(*, agent: Any, epoch: Any) -> QuerySet[Terminal]:
    return Terminal.objects.filter(agent=agent).exclude(epoch=epoch)


def _is_replaced(row: Mark) -> bool:
    return _newest is not None and row != _newest and row[0] <= _newest[0]


def _seen(row: Mark) -> int:
    global _newest  # noqa: PLW0603  # one for the process, by design
    _newest = row
    return row[0]
