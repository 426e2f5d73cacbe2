"""The people of a list: which, how many, and what a row of it shows. As many statements for a hundred rows as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from doorsync.domain.record import Kind
from doorsync.domain.text import normalized_text
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.users.any_case import any_case
from doorsync.hub.users.credential_kinds import KINDS, LICENCE_PLATE
from doorsync.hub.users.models import Credential, Group, Membership, User
from doorsync.hub.users.queries import credential_lookup
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.people.access_states import BADGES, Walls, access_state, state_filter, walls_now
from doorsync.hub.web.people.list_choice import ListChoice
from doorsync.hub.web.people.person_search import card_marks, fits_user

MOST_WORDS = 5
MOST_COUNTED = 1_000  # of a list that leaves people out: to find all of them may take longer than all else on the page
PENDING_STATES = (HoldingState.REMOVE, HoldingState.CHANGED, HoldingState.NEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person of a list."""

    user: User
    look: Badge
    groups: list[str]
    credentials: list[str]  # kinds, as they are called in the middle of a sentence
    waiting: int  # doors at which a change of theirs waits


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """One page of a list; `first` and `last` count from 1 over all pages, and are 0 where nobody fits.

    `uncounted`: there are more than `total`, which is then MOST_COUNTED.
    """

    rows: list[Row] = field(default_factory=list)
    total: int = 0
    uncounted: bool = False
    later: bool = False  # whether there is a later page
    first: int = 0
    last: int = 0
    page: int = 1


def chosen_users(administrator: Administrator, choice: ListChoice) -> QuerySet[User]:
    """All users whom this administrator sees and the choice shows, in the order of names."""
    users = visible_users(administrator)
    if choice.groups:
        users = users.filter(pk__in=Membership.objects.filter(group_id__in=choice.groups).values("user_id"))
    if choice.state:
        users = users.filter(state_filter(choice.state, walls_now()))
    return users.filter(_fits(administrator.company, choice.text)) if choice.text else users


def people_page(administrator: Administrator, choice: ListChoice) -> PeoplePage:
    """The page that the choice names, or the last one there is."""
    users, page = chosen_users(administrator, choice), choice.page
    everybody = not (choice.is_filtered or administrator.limited)
    on_page = _on_page(users, page, choice.size, everybody=everybody)
    if page > 1 and not on_page.pks:
        page = max(1, -(-users.count() // choice.size))  # beyond the last one
        on_page = _on_page(users, page, choice.size, everybody=everybody)
    found = User.objects.in_bulk(on_page.pks)
    rows = list(_rows([found[pk] for pk in on_page.pks if pk in found], walls_now()))
    start = (page - 1) * choice.size
    return PeoplePage(
        rows=rows,
        total=on_page.total,
        uncounted=on_page.uncounted,
        later=on_page.later,
        first=start + 1 if rows else 0,
        last=start + len(rows),
        page=page,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnPage:
    pks: list[int]
    total: int
    uncounted: bool
    later: bool


def _on_page(users: QuerySet[User], page: int, size: int, *, everybody: bool) -> _OnPage:
    """Who is on a page, and how many there are. An index answers this alone; whole rows are read after.

    Everybody is counted by an index. To find others is the work, so one statement finds whom to show and whom to count.
    """
    pks, start, end = users.values_list("pk", flat=True), (page - 1) * size, page * size
    if not everybody and end <= MOST_COUNTED:
        known = list(pks[: MOST_COUNTED + 1])
        total = min(len(known), MOST_COUNTED)
        return _OnPage(pks=known[start:end], total=total, uncounted=len(known) > MOST_COUNTED, later=len(known) > end)
    known = list(pks[start : end + 1])
    later = len(known) > size
    total = start + len(known) if not later else users.count() if everybody else MOST_COUNTED
    return _OnPage(pks=known[:size], total=total, uncounted=later and not everybody, later=later)


def _fits(company: Company, text: str) -> Q:
    """Every word is part of a name or begins number or id, or is in the name of a group; or the whole is a card or plate."""
    marks = [*card_marks(company, text), credential_lookup(company, LICENCE_PLATE.name, LICENCE_PLATE.normalised(text))]
    fits = Q()
    for word in normalized_text(text).split()[:MOST_WORDS]:
        fits &= _word(word)
    return fits | Q(pk__in=Credential.objects.filter(lookup__in=marks).values("user_id"))


def _word(word: str) -> Q:
    fits = fits_user(word)
    if groups := list(Group.objects.filter(any_case("name__icontains", word)).values_list("pk", flat=True)):
        fits |= Q(pk__in=Membership.objects.filter(group_id__in=groups).values("user_id"))
    return fits


def _rows(users: Sequence[User], walls: Walls) -> Iterable[Row]:
    pks = [user.pk for user in users]
    groups: dict[int, list[str]] = defaultdict(list)
    members = Membership.objects.filter(user_id__in=pks).order_by("group__name")
    for pk, name in members.values_list("user_id", "group__name"):
        groups[pk].append(name)
    kinds: dict[int, set[str]] = defaultdict(set)
    for pk, kind in Credential.objects.filter(user_id__in=pks).values_list("user_id", "kind"):
        kinds[pk].add(kind)
    pending = Holding.objects.filter(user_id__in=pks, kind=Kind.USER, state__in=PENDING_STATES)
    waiting = dict(pending.values_list("user_id").annotate(n=Count("*")).order_by())
    for user in users:
        yield Row(
            user=user,
            look=BADGES[access_state(user, walls)],
            groups=groups[user.pk],
            credentials=[known.title for name, known in KINDS.items() if name in kinds[user.pk]],
            waiting=waiting.get(user.pk, 0),
        )
