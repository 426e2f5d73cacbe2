"""What the overview tells: doors that are behind, too much access, silent agents, the last runs, who leaves today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.sync.holdings.pending_holdings import EXCESS
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus, terminal_statuses
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.agent_status import AgentStatus, agents_with_status
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.models import User
from doorsync.hub.web.people.access_states import walls_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Pairs (person, door) where the door holds, or may hold, more than the rules say; `since`: the oldest of them."""

    pairs: int
    people: int
    since: datetime | None


def door_statuses(administrator: Administrator) -> tuple[list[TerminalStatus], int]:
    """The doors that are not up to date, and how many there are in all."""
    terminals = list(visible_terminals(administrator))
    found = terminal_statuses(terminals)
    return [found[each.pk] for each in terminals if not found[each.pk].up_to_date], len(terminals)


def excess(administrator: Administrator) -> Excess:
    """Who is to be removed or changed and is still held: from the index of what is pending, whatever the company's size."""
    doors = visible_terminals(administrator).order_by().values("pk")
    rows = Holding.objects.filter(EXCESS, terminal_id__in=doors)
    found = rows.aggregate(
        pairs=Count("*"), people=Count("key", distinct=True), since=Min(Coalesce("wanted_since", "held_since"))
    )
    return Excess(**found)


def agents_to_look_at(administrator: Administrator) -> list[AgentStatus]:
    """Those that are silent, in quarantine or not enrolled; only for who may see agents."""
    if not may(administrator, Permission.AGENTS):
        return []
    return [
        each for each in agents_with_status(timezone.now()) if each.tone != "good" and (each.tone == "bad" or not each.agent.keys)
    ]


def leaving_today(administrator: Administrator) -> QuerySet[User]:
    """Whose access ends between now and the midnight that comes next at the company's earliest clock."""
    walls = walls_now()
    midnight = date.fromisoformat(walls.earliest[:10]) + timedelta(days=1)
    ending = visible_users(administrator).filter(active=True, expires__gt=walls.earliest, expires__lte=f"{midnight}T00:00")
    return ending.order_by("expires", "last_name", "first_name", "number")
