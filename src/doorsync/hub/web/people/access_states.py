"""Whether people may open anything at all now: active, suspended, not started, expired; and the filters of the list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.domain.record import Kind
from doorsync.domain.validity import WALL
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.holdings.pending_holdings import PENDING as UNSETTLED
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.credential_kinds import FOR_TERMINALS
from doorsync.hub.users.models import Credential, User
from doorsync.hub.web.badges import Badge


class AccessState(StrEnum):
    """Of one person, whatever the doors."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_STARTED = "not-started"


BADGES = {
    AccessState.ACTIVE: Badge(tone="good", icon="check", word=_("active")),
    AccessState.SUSPENDED: Badge(tone="bad", icon="cross", word=_("suspended")),
    AccessState.EXPIRED: Badge(tone="", icon="clock", word=_("expired")),
    AccessState.NOT_STARTED: Badge(tone="wait", icon="clock", word=_("not started")),
}
NO_CREDENTIAL, PENDING = "no-credential", "pending"
FILTERS: dict[str, Promise | str] = {
    **{state: look.word for state, look in BADGES.items()},
    NO_CREDENTIAL: _("no credential"),
    PENDING: _("waiting at doors"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What the clocks at the company's locations show now, the earliest and the latest of them."""

    earliest: str
    latest: str


def walls_now() -> Walls:
    """Of the company in scope; without locations it is UTC."""
    now = timezone.now()
    shown = sorted(now.astimezone(location.zone).strftime(WALL) for location in Location.objects.all()) or [now.strftime(WALL)]
    return Walls(earliest=shown[0], latest=shown[-1])


def access_state(user: User, walls: Walls) -> AccessState:
    """Expired means at every location, not started means at none yet."""
    if not user.active:
        return AccessState.SUSPENDED
    if user.expires and user.expires <= walls.earliest:
        return AccessState.EXPIRED
    return AccessState.NOT_STARTED if user.starts > walls.latest else AccessState.ACTIVE


def state_filter(name: str, walls: Walls) -> Q:
    """The users of one of FILTERS. The last two are sets of ids."""
    expired = Q(active=True, expires__gt="", expires__lte=walls.earliest)
    ahead = Q(active=True, starts__gt=walls.latest)
    waits = (HoldingState.REMOVE, HoldingState.CHANGED, HoldingState.NEW)
    doors = Terminal.objects.order_by().values("pk")  # named, so that SQLite uses an index of states
    pending = Holding.objects.filter(UNSETTLED, state__in=waits, kind=Kind.USER, terminal_id__in=doors)
    held = Credential.objects.filter(kind__in=FOR_TERMINALS)
    return {
        AccessState.ACTIVE.value: Q(active=True) & ~expired & ~ahead,
        AccessState.SUSPENDED.value: Q(active=False),
        AccessState.EXPIRED.value: expired,
        AccessState.NOT_STARTED.value: ahead & ~expired,
        NO_CREDENTIAL: ~Q(pk__in=held.values("user_id")),
        PENDING: Q(pk__in=pending.values("user_id")),
    }[name]
