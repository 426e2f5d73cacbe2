"""Who can open a door: what the rules say of each person, what the door holds, and what it answered last, side by side."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.sync.models import Holding, Problem, Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Membership, User
from doorsync.hub.web.access.rule_verdicts import BADGES, Verdict, rule_verdict
from doorsync.hub.web.badges import Badge

AT_ONCE = 50
MOST_OTHERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """One person at a door. `held`: whether the door holds them; None: nobody knows. `since`: without a break."""

    user: User
    verdict: Verdict
    held: bool | None
    since: datetime | None
    problem: Reason

    @property
    def look(self) -> Badge:
        """The verdict in colour, icon and words."""
        return BADGES[self.verdict]

    @property
    def differs(self) -> bool:
        """Whether the door holds somebody whom the rules do not let in at all, or not whom they do."""
        wanted = self.verdict in (Verdict.OPENS, Verdict.OUT_OF_HOURS)
        return self.held is not None and self.held != wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody whom only the door knows: enrolled at it, or removed here and still in it."""

    key: str
    name: str
    stranger: bool


def openers(administrator: Administrator, terminal: Terminal, moment: datetime, page: int) -> tuple[list[Opener], bool]:
    """One page of those who have a right at this door or are in its memory, as far as the administrator sees them.

    The second value says whether there are more. Nobody is counted, so that a page costs what it shows.
    """
    graph = load_access_graph().only(terminal.pk)
    rights = Membership.objects.filter(user_id=OuterRef("pk"), group__in=list(graph.opens))
    in_memory = _held(terminal).filter(user_id=OuterRef("pk"))
    users = visible_users(administrator).filter(Exists(rights) | Exists(in_memory))
    first = AT_ONCE * (page - 1)
    found = list(users[first : first + AT_ONCE + 1])
    some = found[:AT_ONCE]
    theirs: dict[int, list[int]] = defaultdict(list)
    for user_id, group_id in Membership.objects.filter(user__in=some).values_list("user_id", "group_id"):
        theirs[user_id].append(group_id)
    rows, problems = _rows(terminal, some), _problems(terminal, some)
    verdicts = {user.pk: rule_verdict(user, theirs[user.pk], terminal.pk, graph, moment) for user in some}
    shown = [_opener(user, rows.get(str(user.number)), problems, verdicts[user.pk], terminal) for user in some]
    return shown, len(found) > AT_ONCE


def others(terminal: Terminal) -> list[Other]:
    """The first of those whom only the door knows. They may open it, whatever the rules say."""
    known = User.objects.filter(pk=OuterRef("user_id"))
    gone = _held(terminal).filter(~Exists(known) | Q(user_id=None)).values_list("key", "label")
    strange = Stranger.objects.filter(terminal=terminal, kind=Kind.USER).values_list("key", "name")
    found = [Other(key=key, name=name, stranger=False) for key, name in gone[:MOST_OTHERS]]
    return found + [Other(key=key, name=name, stranger=True) for key, name in strange[:MOST_OTHERS]]


def _held(terminal: Terminal) -> QuerySet[Holding]:
    return Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, held__isnull=False)


def _rows(terminal: Terminal, users: list[User]) -> dict[str, Holding]:
    keys = [str(user.number) for user in users]
    return {row.key: row for row in Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=keys)}


def _problems(terminal: Terminal, users: list[User]) -> dict[str, Reason]:
    found = Problem.objects.filter(run_terminal__terminal=terminal, kind=Kind.USER, key__in=[str(user.number) for user in users])
    return dict(found.order_by("pk").values_list("key", "message"))


def _opener(user: User, row: Holding | None, problems: dict[str, Reason], verdict: Verdict, terminal: Terminal) -> Opener:
    there = row is not None and row.held is not None
    unsure = bool(terminal.unread) or terminal.other_at is not None or (there and row is not None and not bytes(row.held or b""))
    held = None if unsure else there
    refusal = row.refusal if row and row.refusal else problems.get(str(user.number), NO_REASON)
    return Opener(user=user, verdict=verdict, held=held, since=row.held_since if row and held else None, problem=refusal)
