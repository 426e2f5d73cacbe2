"""Reads of users that more than one room needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import objects_of
from doorsync.hub.companies.statements import marks, rows_of, stored_moment
from doorsync.hub.companies.tenancy import company_in_scope
from doorsync.hub.users.credential_kinds import FOR_TERMINALS, KINDS, CredentialKind
from doorsync.hub.users.models import Credential, User

AT_ONCE = 1000  # values in one question: both databases take more
GROUP, LOCATION, CREDENTIAL = range(3)  # what a row of `_kept_of` is
KEPT = """
SELECT 2, id, user_id, 0, kind, lookup, sealed FROM users_credential
WHERE company_id = %s AND user_id IN ({users}){still}
UNION ALL SELECT 0, id, user_id, group_id, '', NULL, NULL FROM users_membership
WHERE company_id = %s AND user_id IN ({users})
UNION ALL SELECT 1, id, user_id, location_id, '', NULL, NULL FROM users_userlocation
WHERE company_id = %s AND user_id IN ({users})
"""
CLAIMS = """
SELECT lookup, kind, user_id, 0 FROM users_credential WHERE company_id = %s AND lookup IN ({lookups})
UNION ALL SELECT lookup, kind, user_id, 1 FROM users_lostcredential WHERE company_id = %s AND lookup IN ({lookups})
"""

T = TypeVar("T")


def user_with_number(number: int) -> User | None:
    """The user with this number in the company in scope."""
    return users_with_numbers([number]).get(number)


def users_with_numbers(numbers: Collection[int]) -> dict[int, User]:
    """Those with these numbers, of which there is one at least, in the company in scope."""
    found = objects_of(User, f"company_id = %s AND number IN ({marks(numbers)})", [company_in_scope(), *numbers])
    return {user.number: user for user in found}


def users_with_external_ids(ids: Collection[str]) -> dict[str, User]:
    """Those with these ids of a third party, of which there is one at least, in the company in scope."""
    found = objects_of(User, f"company_id = %s AND external_id IN ({marks(ids)})", [company_in_scope(), *ids])
    return {user.external_id: user for user in found}


def users_with_ids(ids: Collection[int]) -> list[User]:
    """Those of these users, by their ids in the database, that the company in scope still has."""
    return objects_of(User, f"company_id = %s AND id IN ({marks(ids)})", [company_in_scope(), *ids]) if ids else []


@dataclass(slots=True)
class Present:
    """What is now kept of a user besides their row: links by group and by location, and credentials by what finds them."""

    groups: dict[int, int] = field(default_factory=dict)
    locations: dict[int, int] = field(default_factory=dict)
    credentials: dict[bytes, Credential] = field(default_factory=dict)


def present(users: Sequence[int]) -> Mapping[int, Present]:
    """Groups, locations and credentials of these users, with nothing unsealed; a user without any has an empty one."""
    found: dict[int, Present] = defaultdict(Present)
    for some in portions(users):
        for what, pk, user_id, other_id, *secret in _kept_of(some):
            if what == GROUP:
                found[user_id].groups[other_id] = pk
            elif what == LOCATION:
                found[user_id].locations[other_id] = pk
            else:
                credential = _credential(pk, user_id, *secret)
                found[user_id].credentials[bytes(credential.lookup)] = credential
    return found


def links_and_credentials(users: Collection[int]) -> tuple[Mapping[int, list[int]], list[Credential]]:
    """The groups of these users, by user id, and the credentials that open doors now, with nothing unsealed: in one question."""
    groups: dict[int, list[int]] = defaultdict(list)
    credentials: list[Credential] = []
    for what, pk, user_id, other_id, *secret in _kept_of(users, timezone.now()):
        if what == GROUP:
            groups[user_id].append(other_id)
        elif what == CREDENTIAL:
            credentials.append(_credential(pk, user_id, *secret))
    return groups, credentials


def _kept_of(users: Collection[int], now: datetime | None = None) -> list[tuple[Any, ...]]:
    """What is kept of users in other tables, asked for at once: most writes are of one user, and each question costs a turn.

    `now`: without credentials that have ended by then.
    """
    if not users:
        return []
    still = f" AND (ends_at IS NULL OR ends_at > {'%s'})" if now else ""
    theirs = [company_in_scope(), *users]
    return rows_of(
        KEPT.format(users=marks(users), still=still), [*theirs, *([stored_moment(now)] if now else []), *theirs, *theirs]
    )


def _credential(pk: int, user_id: int, kind: str, lookup: bytes, sealed: bytes) -> Credential:
    return Credential(pk=pk, user_id=user_id, kind=kind, lookup=bytes(lookup), sealed=bytes(sealed))


def credential_holders(lookups: Sequence[bytes]) -> Iterator[Credential]:
    """The credentials that these find, of whatever kind, each with its user."""
    for some in portions(lookups):
        yield from Credential.objects.filter(lookup__in=some).select_related("user")


def credential_claims(lookups: Sequence[bytes]) -> tuple[list[Credential], list[Credential]]:
    """The credentials that these find, of whatever kind, each with its user's id; and those that were reported lost."""
    held: list[Credential] = []
    lost: list[Credential] = []
    for some in portions(lookups):
        named = [company_in_scope(), *some]
        for lookup, kind, user_id, is_lost in rows_of(CLAIMS.format(lookups=marks(some)), [*named, *named]):
            (lost if is_lost else held).append(Credential(lookup=bytes(lookup), kind=kind, user_id=user_id))
    return held, lost


def kinds_without_terminal(user_id: int) -> list[CredentialKind]:
    """The kinds of this user's credentials that no terminal can hold: kept, and of use to programs only."""
    names = Credential.objects.filter(user_id=user_id).values_list("kind", flat=True).distinct()
    return [kind for kind in KINDS.values() if kind.name in set(names) - FOR_TERMINALS]


def portions(items: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """The items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def credential_lookup(company: Company, kind: str, value: str) -> bytes:
    """What finds a credential of this kind and value, and tells nothing of it."""
    return vault.keyed_hash(company, "credential", f"{kind}:{value}")


def credentials_of(user: User, *kinds: str) -> dict[str, frozenset[str]]:
    """A user's credentials by kind, in clear, all or those of these kinds: for those who may see them."""
    values: dict[str, set[str]] = defaultdict(set)
    for each in user.credentials.filter(kind__in=kinds) if kinds else user.credentials.all():
        values[each.kind].add(vault.unseal(user.company, "credential", bytes(each.sealed), f"{user.pk}:{each.kind}"))
    return {kind: frozenset(some) for kind, some in values.items()}
