"""Reads of users that more than one room needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import BigIntegerField, BinaryField, Q, QuerySet, Value
from django.utils import timezone

from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.users.credential_kinds import FOR_TERMINALS, KINDS, CredentialKind
from doorsync.hub.users.models import Credential, LostCredential, Membership, User, UserLocation

AT_ONCE = 1000  # values in one question: both databases take more
GROUP, LOCATION, CREDENTIAL = range(3)  # what a row of `_kept_of` is

T = TypeVar("T")


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
    ended = Q(ends_at__isnull=False, ends_at__lte=timezone.now())
    for what, pk, user_id, other_id, *secret in _kept_of(users, ~ended):
        if what == GROUP:
            groups[user_id].append(other_id)
        elif what == CREDENTIAL:
            credentials.append(_credential(pk, user_id, *secret))
    return groups, credentials


def _kept_of(users: Collection[int], which: Q | None = None) -> QuerySet[Any, Any]:
    """What is kept of users in other tables, asked for at once: most writes are of one user, and each question costs a turn.

    `which`: of their credentials, these only.
    """
    no_kind, none, nobody = Value(""), Value(None, BinaryField()), Value(0, BigIntegerField())
    credentials, groups, locations = (each.objects.filter(user_id__in=users) for each in (Credential, Membership, UserLocation))
    credentials = credentials.filter(which) if which else credentials
    return credentials.values_list(Value(CREDENTIAL), "pk", "user_id", nobody, "kind", "lookup", "sealed").union(
        groups.values_list(Value(GROUP), "pk", "user_id", "group_id", no_kind, none, none),
        locations.values_list(Value(LOCATION), "pk", "user_id", "location_id", no_kind, none, none),
        all=True,
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
        holders = Credential.objects.filter(lookup__in=some).values_list("lookup", "kind", "user_id", Value(False))
        reported = LostCredential.objects.filter(lookup__in=some).values_list("lookup", "kind", "user_id", Value(True))
        for lookup, kind, user_id, is_lost in holders.union(reported, all=True):
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
