"""The lists of the filter, and a choice said in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.models import Group

NAMED = 3  # so many are named in words; more are counted


@dataclass(frozen=True, slots=True)
class FilterOption:
    """Something that can be ticked."""

    value: int
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterPart:
    """One list of the filter. `none` is shown when the company has nothing to choose from."""

    name: str
    title: str | Promise
    none: str | Promise
    options: tuple[FilterOption, ...]


def filter_parts(choice: Selection, administrator: Administrator) -> list[FilterPart]:
    """Everything that this administrator can choose, with what is chosen now."""
    terminals, limit = visible_terminals(administrator), location_limit(administrator)
    locations = Location.objects.all() if limit is None else Location.objects.filter(pk__in=limit)
    return [
        FilterPart(
            name="location",
            title=_("Locations"),
            none=_("No locations yet."),
            options=_options(((each.pk, each.name) for each in locations), choice.locations),
        ),
        FilterPart(
            name="terminal",
            title=_("Terminals"),
            none=_("No terminals yet."),
            options=_options(((each.pk, each.name) for each in terminals), choice.terminals),
        ),
        FilterPart(
            name="group",
            title=_("Groups"),
            none=_("No groups yet."),
            options=_options(((each.pk, each.name) for each in Group.objects.all()), choice.groups),
        ),
    ]


def _options(rows: Iterable[tuple[int, str]], chosen: Collection[int]) -> tuple[FilterOption, ...]:
    return tuple(FilterOption(value, text, value in chosen) for value, text in rows)


def describe_selection(parts: list[FilterPart], choice: Selection, terminals: int) -> str:
    """`Send changes · 3 terminals · Members, Staff`."""
    chosen = {part.name: [option.text for option in part.options if option.chosen] for part in parts}
    places = _named(chosen["terminal"] or chosen["location"])
    counted = ngettext("%(count)s terminal", "%(count)s terminals", terminals) % {"count": terminals}
    everybody = choice.mode == choice.mode.ERASE or not chosen["group"]
    groups = _("everybody") if everybody else _named(chosen["group"])
    return " · ".join(part for part in (str(choice.mode.label), f"{counted} ({places})" if places else counted, groups) if part)


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return _("%(names)s and %(more)s more") % {"names": shown, "more": len(names) - NAMED} if len(names) > NAMED else shown
