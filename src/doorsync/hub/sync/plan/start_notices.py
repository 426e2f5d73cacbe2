"""Notices of the sync page about starts and longer stays that are sent in time only if somebody presses Sync."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.domain import validity
from doorsync.domain.allowance import ends_at
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.pending_holdings import PENDING
from doorsync.hub.sync.models import Holding, HoldingState, ValidityChange
from doorsync.hub.terminals.connectivity import is_connected
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Membership, User

MOST = 500  # people and stays that are considered: those that come next
TOLD = 3  # moments of each kind that are shown
Moment = tuple[str, str]  # wall clock, time zone


def start_notices(company: Company, terminals: Sequence[Terminal], now: datetime) -> tuple[str, ...]:
    """A sentence for each of the next moments, and one about where starts are sent automatically."""
    pressed = [
        each for each in terminals if not company.automatic_starts or each.restored_at or not is_connected(each.agent, now)
    ]
    if not pressed:
        return ()
    told = (*map(_start, _first(_starts(company, pressed, now))), *map(_stay, _first(_stays(pressed, now))))
    return (*told, _otherwise()) if told else ()


def _first(counted: Counter[Moment]) -> list[tuple[Moment, int]]:
    return sorted(counted.items())[:TOLD]


def _starts(company: Company, terminals: Iterable[Terminal], now: datetime) -> Counter[Moment]:
    """How many people start at each moment at these terminals, each counted once per time zone."""
    due = ValidityChange.objects.filter(company_id=company.pk, at__gt=now).order_by("at").values_list("user_id", flat=True)[:MOST]
    users = {user.pk: user.starts for user in User.objects.filter(pk__in=list(due)).exclude(starts="")}
    if not users:
        return Counter()
    opens, zones = load_access_graph().opens, {terminal.pk: terminal.location.zone for terminal in terminals}
    found = set()
    for user, group in Membership.objects.filter(user_id__in=users).values_list("user_id", "group_id"):
        for zone in {zones[terminal] for terminal in opens.get(group, ()) if terminal in zones}:
            if validity.start_instant(users[user], zone) > now:
                found.add((user, (users[user], zone.key)))
    return Counter(moment for _user, moment in found)


def _stays(terminals: Iterable[Terminal], now: datetime) -> Counter[Moment]:
    """How many extended stays still end at each moment by what the terminals hold."""
    zones = {terminal.pk: terminal.location.zone for terminal in terminals}
    rows = Holding.objects.filter(PENDING, terminal_id__in=zones, kind=Kind.USER, state=HoldingState.CHANGED, timed=True)
    found = set()
    # By an expression: sorted by the bare key, SQLite walks through all that the company holds to find the first ones.
    for key, terminal, allowance in rows.order_by(Length("key"), "key").values_list("key", "terminal_id", "allowance")[:MOST]:
        wall, zone = ends_at(allowance), zones[terminal]
        if wall and validity.end_instant(wall, zone) > now:
            found.add((key, (wall, zone.key)))
    return Counter(moment for _key, moment in found)


def _start(counted: tuple[Moment, int]) -> str:
    (wall, zone), number = counted
    text = ngettext(
        "%(n)s person starts on %(at)s (%(zone)s): press Sync then.",
        "%(n)s people start on %(at)s (%(zone)s): press Sync then.",
        number,
    )
    return text % {"n": number, "at": wall.replace("T", " "), "zone": zone}


def _stay(counted: tuple[Moment, int]) -> str:
    (wall, zone), number = counted
    text = ngettext(
        "%(n)s extended stay still ends in the terminals on %(at)s (%(zone)s): press Sync before.",
        "%(n)s extended stays still end in the terminals on %(at)s (%(zone)s): press Sync before.",
        number,
    )
    return text % {"n": number, "at": wall.replace("T", " "), "zone": zone}


def _otherwise() -> str:
    return _("This is not needed where the agent connects to the hub itself and the company sends starts automatically.")
