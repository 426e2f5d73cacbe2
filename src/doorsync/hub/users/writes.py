"""The one way in which users are written, one or many: all or nothing, only what is named, and only where it differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import update_columns
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users import numbers
from doorsync.hub.users.credential_kinds import FOR_TERMINALS, KINDS
from doorsync.hub.users.errors import UserGone
from doorsync.hub.users.fields import COLUMNS
from doorsync.hub.users.models import Credential, LostCredential, Membership, User, UserLocation
from doorsync.hub.users.queries import Present, credential_lookup, portions, present
from doorsync.hub.users.validation import Write, check_writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The groups or locations that a user has from now on: ids that are new, and those that go, with the rows of these."""

    now: frozenset[int]
    joined: list[int]
    left: list[int]
    rows: list[int] = field(repr=False)

    @classmethod
    def between(cls, had: Mapping[int, int], wanted: Collection[int]) -> Links:
        """From the rows by id that there are to the ids that are wanted."""
        left = sorted(had.keys() - wanted)
        joined = sorted(set(wanted) - had.keys())
        return cls(now=frozenset(wanted), joined=joined, left=left, rows=[had[each] for each in left])

    @property
    def differ(self) -> bool:
        """Whether anything is new or goes."""
        return bool(self.joined or self.left)

    @property
    def change(self) -> tuple[list[int], list[int]]:
        """The ids before and after."""
        return sorted(self.now - set(self.joined) | set(self.left)), sorted(self.now)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a write comes to: what differs, field by field, old and new. Of credentials only their lookups are told, by kind."""

    user: User
    is_new: bool
    values: dict[str, tuple[Any, Any]]
    groups: Links
    locations: Links
    added: dict[bytes, tuple[str, str]] = field(repr=False)
    taken: list[Credential] = field(repr=False)
    had: int = 0  # credentials that terminals know, before

    @property
    def opens_nothing_now(self) -> bool:
        """Whether they had a credential, and have none left."""
        return 0 < self.had == sum(row.kind in FOR_TERMINALS for row in self.taken) and not self._opens

    @property
    def opens_something_now(self) -> bool:
        """Whether they were there without a credential, and have one now."""
        return not self.is_new and not self.had and self._opens

    @property
    def differs(self) -> bool:
        """Whether there is anything to write."""
        return self.is_new or bool(self.values or self.groups.differ or self.locations.differ or self.added or self.taken)

    @property
    def damaged(self) -> dict[bytes, Credential]:
        """Those that are entered again because they cannot be read. Only the value is written: a temporary one stays so."""
        return {found_by: row for row in self.taken if (found_by := bytes(row.lookup)) in self.added}

    @property
    def _opens(self) -> bool:
        return any(kind in FOR_TERMINALS for kind, _ in self.added.values())

    @property
    def kinds(self) -> list[str]:
        """The kinds of credentials that become others."""
        return sorted({kind for kind, _ in self.added.values()} | {each.kind for each in self.taken})


@dataclass(slots=True)
class Written:
    """What came of it: an outcome for each write, in their order, and how many users were removed."""

    outcomes: list[Outcome] = field(default_factory=list)
    removed: int = 0

    @property
    def created(self) -> int:
        """How many are new."""
        return sum(each.is_new for each in self.outcomes)

    @property
    def changed(self) -> int:
        """How many were there and differ now."""
        return sum(each.differs for each in self.outcomes) - self.created


def write_users(*, company: Company, writes: Sequence[Write] = (), gone: Sequence[User] = (), actor: Actor) -> Written:
    """Remove who is gone, then write the rest. Credentials may move from one of them to another on the way.

    Raises BadFields, CredentialTaken, ExternalIdTaken, NumberTaken or UserGone, and has then changed nothing.
    """
    with company_transaction(company, actor) as change:
        _read_again(writes)
        checked = check_writes(company, writes, gone)
        if checked.problems:
            raise checked.problems[0].as_error()
        written = Written(removed=len(gone))
        _remove(company, gone, actor)
        written.outcomes = _write(company, checked.writes, actor)
        change.affects([*(each.user.pk for each in written.outcomes if each.differs), *(user.pk for user in gone)])
    return written


def all_same(company: Company, writes: Sequence[Write]) -> bool:
    """Whether none of these checked writes would change anything: found without a transaction, so that nobody has to wait."""
    if any(write.user is None for write in writes):
        return False
    now = present([write.user.pk for write in writes if write.user])
    return not any(_outcome(company, write, now).differs for write in writes)


def _read_again(writes: Sequence[Write]) -> None:
    """The users as they are in this transaction: somebody may have changed them since they were looked up."""
    users = {write.user.pk: write.user for write in writes if write.user and not write.is_current}
    for some in portions(sorted(users)):
        rows = User.objects.filter(pk__in=some).values("pk", *COLUMNS)
        for row in rows:
            user = users.pop(row.pop("pk"))
            for name, value in row.items():
                setattr(user, name, value)
    if users:
        raise UserGone


def _remove(company: Company, gone: Sequence[User], actor: Actor) -> None:
    if not gone:
        return
    trail.record_all("user.removed", [{"user": user.pk, "number": user.number} for user in gone], actor=actor)
    numbers.remember_numbers(company, gone)
    removed = [user.pk for user in gone]
    LostCredential.objects.filter(user_id__in=removed).update(sealed=b"")
    User.objects.filter(pk__in=removed).delete()


def _write(company: Company, writes: Sequence[Write], actor: Actor) -> list[Outcome]:
    now = present([write.user.pk for write in writes if write.user])
    outcomes = [_outcome(company, write, now) for write in writes]
    differing = [each for each in outcomes if each.differs]
    created, changed = [[each for each in differing if each.is_new is new] for new in (True, False)]
    _drop(differing)
    _save(company, created, changed)
    _add(company, differing)
    for event, some in (("user.created", created), ("user.changed", changed)):
        trail.record_all(event, [{"user": each.user.pk, "number": each.user.number} for each in some], actor=actor)
    return outcomes


def _outcome(company: Company, write: Write, now: Mapping[int, Present]) -> Outcome:
    fields, user = write.fields, write.user or User(company=company)
    had = now.get(user.pk) or Present()
    if user.pk is None and "number" in fields:
        user.number = fields["number"]
    named: Mapping[str, Any] = fields
    old = {name: getattr(user, name) for name in COLUMNS if name in named}
    values = {name: (value, named[name]) for name, value in old.items() if value != named[name]}
    for name, (_, value) in values.items():
        setattr(user, name, value)
    credentials = fields.get("credentials", {})
    wanted = {credential_lookup(company, kind, value): (kind, value) for kind, values in credentials.items() for value in values}
    kept = {found_by for found_by, row in had.credentials.items() if found_by in wanted and _is_sound(company, row)}
    return Outcome(
        user=user,
        is_new=user.pk is None,
        values=values,
        groups=Links.between(had.groups, fields.get("groups", had.groups.keys())),
        locations=Links.between(had.locations, fields.get("locations", had.locations.keys())),
        added={found_by: value for found_by, value in wanted.items() if found_by not in kept},
        taken=[row for value, row in had.credentials.items() if row.kind in credentials and value not in kept],
        had=sum(row.kind in FOR_TERMINALS for row in had.credentials.values()),
    )


def _is_sound(company: Company, row: Credential) -> bool:
    """What cannot be read any more is never the same as what was entered: entering it again replaces it."""
    try:
        vault.unseal(company, "credential", bytes(row.sealed), f"{row.user_id}:{row.kind}")
    except CannotUnseal:
        return False
    return True


def _drop(outcomes: Iterable[Outcome]) -> None:
    """All that goes, of everybody, before anything comes: so a credential can move from one user to another."""
    outcomes = list(outcomes)
    stale = [row.pk for each in outcomes for row in each.taken if bytes(row.lookup) not in each.added]
    groups, locations = ([pk for each in outcomes for pk in getattr(each, name).rows] for name in ("groups", "locations"))
    for model, rows in ((Credential, stale), (Membership, groups), (UserLocation, locations)):
        if rows:
            model.objects.filter(pk__in=rows).delete()


def _save(company: Company, created: Sequence[Outcome], changed: Sequence[Outcome]) -> None:
    if created:
        given = numbers.new_numbers(company, [(each.user.external_id, each.user.number) for each in created])
        for each, number in zip(created, given, strict=True):
            each.user.number = number
        User.objects.bulk_create(each.user for each in created)
    by_columns: dict[tuple[str, ...], list[User]] = defaultdict(list)
    for each in changed:
        each.user.updated_at = timezone.now()
        by_columns["updated_at", *sorted(each.values)].append(each.user)
    for columns, users in by_columns.items():
        update_columns(users, columns)


def _add(company: Company, outcomes: Iterable[Outcome]) -> None:
    memberships, locations = list[Membership](), list[UserLocation]()
    credentials, damaged = list[Credential](), list[Credential]()
    for each in outcomes:
        memberships += [Membership(company=company, user=each.user, group_id=pk) for pk in each.groups.joined]
        locations += [UserLocation(company=company, user=each.user, location_id=pk) for pk in each.locations.joined]
        again = each.damaged
        for found_by, value in each.added.items():
            credential = _credential(company, each.user, found_by, *value)
            if found_by in again:
                credential.pk = again[found_by].pk
            (damaged if found_by in again else credentials).append(credential)
    if memberships:
        Membership.objects.bulk_create(memberships)
    if locations:
        UserLocation.objects.bulk_create(locations)
    if credentials:
        Credential.objects.bulk_create(credentials)
    if damaged:
        Credential.objects.bulk_update(damaged, ["sealed"])


def _credential(company: Company, user: User, found_by: bytes, kind: str, value: str) -> Credential:
    sealed = vault.seal(company, "credential", value, f"{user.pk}:{kind}")
    known = KINDS[kind]
    return Credential(
        company=company,
        user=user,
        kind=kind,
        sealed=sealed,
        lookup=found_by,
        is_unique=known.unique,
        is_single=known.most == 1,
    )
