"""Which groups and locations a call gives to a user, in the two types of companies.

See docs/decisions/groups-of-esws-users.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from doorsync.hub.companies.models import Location
from doorsync.hub.companies.plain_rows import objects_of
from doorsync.hub.companies.statements import marks
from doorsync.hub.companies.tenancy import company_in_scope
from doorsync.hub.esws.company_operations import CompanyCall
from doorsync.hub.esws.flags import read_flag
from doorsync.hub.esws.named_rows import is_given
from doorsync.hub.esws.placeholders import is_placeholder
from doorsync.hub.esws.refusals import CannotSave, NoGroup, NoSuchGroup
from doorsync.hub.esws.users.asked_once import asked_once, forget_answers
from doorsync.hub.esws.users.group_names import NAMES, has_separators, is_other_list, joined_names, split_group_names, split_list
from doorsync.hub.esws.users.lookup import location_of
from doorsync.hub.esws.users.parameters import Said
from doorsync.hub.users.actions import create_group
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Group, User

ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Named:
    """The groups that a call names, each once, in its order."""

    names: tuple[str, ...]
    ids: tuple[str, ...]

    @classmethod
    def by(cls, said: Said) -> Named:
        """Empty parts count for nothing: `Gym;;` names one group. Raises CannotSave."""
        return cls(tuple(split_group_names(said.group_names)), tuple(split_list(said.group_ids, "p_groupId")))

    def has_ids(self, groups: Iterable[Group]) -> bool:
        """Whether all that are named by id are among these."""
        return {str(group.pk) for group in groups}.issuperset(each.lstrip("0") for each in self.ids)

    def __bool__(self) -> bool:
        return bool(self.names or self.ids)


def said_links(call: CompanyCall, said: Said, user: User | None) -> Fields:
    """The groups and locations that the user has from now on; only what changes is named.

    Raises NoGroup, NoSuchGroup or CannotSave.
    """
    named = Named.by(said)
    if call.company.branches:
        return _in_branches(said, user, named)
    update = _update(said)
    if named:
        return {} if user and update is False else {"groups": _ids(_made(call, named))}
    return {"groups": frozenset()} if update and _is_there(said) else {}


def _update(said: Said) -> bool | None:
    """p_groupUpdate; None where it says nothing. Raises CannotSave for what is neither yes nor no."""
    try:
        return read_flag(said.group_update)
    except ValueError:
        raise CannotSave("p_groupUpdate", reasons=["Neither 0 nor 1."]) from None


def _is_there(said: Said) -> bool:
    return said.group_names is not None or said.group_ids is not None


def _in_branches(said: Said, user: User | None, named: Named) -> Fields:
    if not named:
        raise NoGroup
    update = _update(said)
    location = _location(said)
    groups, missing = _found(named, location)
    if missing or not named.has_ids(groups):
        raise NoSuchGroup
    places = {group.location_id for group in groups if group.location_id} | ({location.pk} if location else set())
    kept = frozenset[int]() if user is None else frozenset(user.locations.values_list("pk", flat=True))
    fields: Fields = {"locations": kept | places}
    if user is None or update is not False:
        fields["groups"] = _ids(groups) | _elsewhere(user, location)
    return fields


def _elsewhere(user: User | None, location: Location | None) -> frozenset[int]:
    """The groups that a user has at other locations than the one that the call is about."""
    if user is None or location is None:
        return frozenset()
    return _ids(user.groups.exclude(location=None).exclude(location=location))


def _location(said: Said) -> Location | None:
    location = location_of(said.location)
    if location is None and is_given(said.location or ""):
        raise CannotSave("p_locationID", reasons=["There is no such location."])
    return location


def _found(named: Named, location: Location | None = None) -> tuple[list[Group], list[str]]:
    """The groups that are there, and the names that none of them has. Capitals make no other group; see `_in_other_case`."""
    ids = [int(each) for each in named.ids if ID.fullmatch(each)]
    by_name, by_id = (f"{column} IN ({marks(some)})" if some else "" for column, some in (("name", named.names), ("id", ids)))
    with_semicolon = "name LIKE '%%;%%'" if len(named.names) > 1 else ""
    which = " OR ".join(filter(None, (by_name, by_id, with_semicolon)))
    if not which:
        return [], []
    found = objects_of(Group, f"company_id = %s AND ({which}) ORDER BY name", [company_in_scope(), *named.names, *ids])
    groups = [group for group in found if _is_at(group, location)]
    names = joined_names(named.names, [group.name for group in groups])
    groups = [group for group in groups if group.name in names or group.pk in ids]
    missing = set(names) - {group.name for group in groups}
    alike = _in_other_case(missing, location) if missing else {}
    more = [group for some in alike.values() for group in some]
    return list(dict.fromkeys([*groups, *more])), [name for name in names if name in missing and name not in alike]


def _in_other_case(names: set[str], location: Location | None) -> dict[str, list[Group]]:
    """By name, the groups that have it but for capitals; none where groups differ in capitals alone."""
    folded: dict[str, list[Group]] = {}
    for group in Group.objects.order_by("name"):
        if _is_at(group, location):
            folded.setdefault(group.name.casefold(), []).append(group)
    found = {name: folded.get(name.casefold(), []) for name in names}
    return {name: groups for name, groups in found.items() if len({group.name for group in groups}) == 1}


def _is_at(group: Group, location: Location | None) -> bool:
    return location is None or group.location_id in (None, location.pk)


def _made(call: CompanyCall, named: Named) -> list[Group]:
    """The groups, those whose names are not there yet too: a new one has no rights, and so opens nothing."""
    groups, missing = asked_once(named, lambda: _found(named))
    if not named.has_ids(groups):
        raise CannotSave("p_groupId", reasons=["There is no group of this id."])
    if missing:
        _refuse_mistaken(missing)
        forget_answers()
    return groups + [create_group(company=call.company, name=name, actor=call.actor) for name in missing]


def _refuse_mistaken(missing: Iterable[str]) -> None:
    """Raises CannotSave for new names that are no names: the user would lose their groups to one that opens nothing."""
    there = {name.casefold() for name in Group.objects.values_list("name", flat=True)} if has_separators(missing) else set()
    if any(is_placeholder(name) or is_other_list(name, there) for name in missing):
        raise CannotSave(NAMES, reasons=["No name of a group, or a list with other signs than semicolons."])


def _ids(groups: Iterable[Group]) -> frozenset[int]:
    return frozenset(group.pk for group in groups)
