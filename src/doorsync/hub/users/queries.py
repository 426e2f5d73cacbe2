"""Reads of users that more than one room needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.users.details import Details
from doorsync.hub.users.models import Credential, Membership, User


@dataclass(slots=True)
class Present:
    """What is now kept of a user besides his row: ids of groups, and his credentials by what finds them."""

    groups: set[int] = field(default_factory=set)
    credentials: dict[bytes, Credential] = field(default_factory=dict)


def present(users: Collection[int]) -> dict[int, Present]:
    """Memberships and credentials of these users, in two queries."""
    found: dict[int, Present] = defaultdict(Present)
    for user_id, group_id in Membership.objects.filter(user_id__in=users).values_list("user_id", "group_id"):
        found[user_id].groups.add(group_id)
    for credential in Credential.objects.filter(user_id__in=users):
        found[credential.user_id].credentials[bytes(credential.lookup)] = credential
    return found


def lookup(company: Company, kind: str, value: str) -> bytes:
    """What finds a credential of this kind and value, and tells nothing of it."""
    return vault.keyed_hash(company, "credential", f"{kind}:{value}")


def details_of(user: User) -> Details:
    """All that is known of a user, secrets in clear: to change a part of it."""
    values: dict[str, list[str]] = {Credential.CARD: [], Credential.PIN: []}
    for each in user.credentials.all():
        values[each.kind].append(vault.unseal(user.company, "credential", bytes(each.sealed), f"{user.pk}:{each.kind}"))
    return Details(
        first_name=user.first_name,
        last_name=user.last_name,
        external_id=user.external_id,
        starts=user.starts,
        expires=user.expires,
        groups=frozenset(user.memberships.values_list("group_id", flat=True)),
        cards=frozenset(values[Credential.CARD]),
        pin="".join(values[Credential.PIN]),
    )
