"""The list of people: search, filters in the address, columns, pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.users.models import Group
from doorsync.hub.web.decorators import needs_full_sign_in
from doorsync.hub.web.people.access_states import FILTERS
from doorsync.hub.web.people.bulk_views import ACTIONS
from doorsync.hub.web.people.grantable_groups import grantable_groups
from doorsync.hub.web.people.list_choice import COLUMNS, SIZES, USUAL_COLUMNS, ListChoice
from doorsync.hub.web.people.list_query import PeoplePage, people_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter of the list. Pressing it sets it, or takes it away again."""

    text: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where a list stands; `earlier` and `later` are addresses, or empty. `uncounted`: there are more than `total`."""

    first: int
    last: int
    total: int
    uncounted: bool
    earlier: str
    later: str


@require_safe
@needs_full_sign_in
def people_list(request: SignedInRequest) -> HttpResponse:
    """One page of the people whom the address asks for."""
    choice = ListChoice.from_query(request.GET)
    found = people_page(request.signed_in.administrator, choice)
    groups = list(Group.objects.all())
    data: dict[str, Any] = {
        "choice": choice,
        "found": found,
        "pages": _pages(choice, found),
        "groups": groups,
        "chips": [*_group_chips(choice, groups), *_state_chips(choice)],
        "columns": {name: title for name, title in COLUMNS.items() if name in choice.columns},
        "all_columns": COLUMNS,
        "sizes": SIZES,
        "actions": ACTIONS,
        "grantable": grantable_groups(request.signed_in.administrator),
        "export_query": choice.query(),
        "may_import": not request.signed_in.administrator.limited,
        "may_add": may(request.signed_in.administrator, Permission.PEOPLE),
        "usual_columns": choice.columns == USUAL_COLUMNS,
    }
    return render(request, "people/list.html", data)


def _address(choice: ListChoice, **changes: Any) -> str:
    query = choice.query(**changes)
    return f"{reverse('people:list')}?{query}" if query else reverse("people:list")


def _pages(choice: ListChoice, found: PeoplePage) -> Pages:
    return Pages(
        first=found.first,
        last=found.last,
        total=found.total,
        uncounted=found.uncounted,
        earlier=_address(choice, page=found.page - 1) if found.page > 1 else "",
        later=_address(choice, page=found.page + 1) if found.later else "",
    )


def _state_chips(choice: ListChoice) -> list[Chip]:
    return [
        Chip(text=str(word), address=_address(choice, state="" if choice.state == name else name), chosen=choice.state == name)
        for name, word in FILTERS.items()
    ]


def _group_chips(choice: ListChoice, groups: list[Group]) -> list[Chip]:
    """Those that are chosen; others are added with the select."""
    return [
        Chip(
            text=_("group %(name)s") % {"name": group.name},
            address=_address(choice, groups=tuple(pk for pk in choice.groups if pk != group.pk)),
            chosen=True,
        )
        for group in groups
        if group.pk in choice.groups
    ]
