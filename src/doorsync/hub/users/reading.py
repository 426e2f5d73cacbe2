"""Users with all that belongs to them, by pages: as many statements for a thousand of them as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import QuerySet

from doorsync.hub.companies import vault
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.users import info_fields
from doorsync.hub.users.models import Credential, Group, Membership, User, UserLocation

PER_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FullUser:
    """A user with groups in the order of their names, ids of locations, and info fields. Credentials by kind, those asked for."""

    user: User
    groups: list[Group] = field(default_factory=list)
    locations: list[int] = field(default_factory=list)
    info: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, list[str]] = field(default_factory=dict, repr=False)


def page_count(users: QuerySet[User]) -> int:
    """How many pages these are, at least one."""
    return max(1, -(-users.count() // PER_PAGE))


def read_page(company: Company, users: QuerySet[User], page: int, kinds: Collection[str] = ()) -> list[FullUser]:
    """The users of one page (1 is the first), by number, with their credentials of these kinds in clear.

    In the company's scope. Nothing else is unsealed. One that is damaged is left out and logged: the others must be readable.
    Raises CannotUnseal when the company's key is damaged.
    """
    rows = list(users.order_by("number")[(page - 1) * PER_PAGE : page * PER_PAGE])
    pks, stands_for = [user.pk for user in rows], info_fields.info_field_functions()
    groups: dict[int, list[Group]] = defaultdict(list)
    members = list(Membership.objects.filter(user_id__in=pks).order_by("group__name").values_list("user_id", "group_id"))
    named = Group.objects.in_bulk({group for _, group in members})
    for user, group in members:
        groups[user].append(named[group])
    locations: dict[int, list[int]] = defaultdict(list)
    for user, location in (
        UserLocation.objects.filter(user_id__in=pks).order_by("location_id").values_list("user_id", "location_id")
    ):
        locations[user].append(location)
    credentials = _credentials(company, pks, kinds)
    return [
        FullUser(
            user=user,
            groups=groups[user.pk],
            locations=locations[user.pk],
            info=info_fields.info_of(user, stands_for),
            credentials=credentials[user.pk],
        )
        for user in rows
    ]


def _credentials(company: Company, users: Collection[int], kinds: Collection[str]) -> dict[int, dict[str, list[str]]]:
    found: dict[int, dict[str, list[str]]] = defaultdict(dict)
    if kinds:
        vault.derived(company, "credential")  # raises where none of them could be read
        # A program that writes back later what it read would make a temporary card last for ever.
        rows = Credential.objects.filter(user_id__in=users, kind__in=kinds, ends_at=None).order_by("pk")
        for user, kind, sealed in rows.values_list("user_id", "kind", "sealed"):
            with isolated("A credential is damaged and was left out.", company=company.slug, user=user, kind=kind):
                value = vault.unseal(company, "credential", bytes(sealed), f"{user}:{kind}")
                found[user].setdefault(kind, []).append(value)
    return found
