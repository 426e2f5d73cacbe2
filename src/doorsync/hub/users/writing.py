"""The one way in which users are written, one or many: all or nothing, and only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.changing import changing
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.users.details import Details, plain_card
from doorsync.hub.users.errors import BadDetails, CardTaken, ExternalIdTaken
from doorsync.hub.users.models import Credential, Membership, User
from doorsync.hub.users.queries import Present, lookup, present

FIELDS = ("first_name", "last_name", "external_id", "starts", "expires")


@dataclass(frozen=True, slots=True)
class Write:
    """What a user should be; without `user` it is a new one."""

    details: Details
    user: User | None = None


@dataclass(slots=True)
class Written:
    """What came of it: the users in the order of the writes, and how many were made, changed, removed."""

    users: list[User] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    removed: int = 0


def write_users(*, company: Company, writes: Sequence[Write] = (), gone: Sequence[User] = (), actor: Actor) -> Written:
    """Remove who is gone, then write the rest. Cards may move from one of them to another on the way.

    Raises BadDetails, CardTaken or ExternalIdTaken, and has then changed nothing.
    """
    for write in writes:
        if faults := write.details.faults():
            raise BadDetails(faults)
    with changing(company, actor) as change:
        written = Written(removed=len(gone))
        _remove(gone, actor)
        touched = _write(company, writes, written, actor)
        change.affects([*touched, *(user.pk for user in gone)])
    return written


def _remove(gone: Sequence[User], actor: Actor) -> None:
    for user in gone:
        trail.record("user.removed", actor=actor, user=user.pk, number=user.number)
    User.objects.filter(pk__in=[user.pk for user in gone]).delete()


@dataclass(slots=True)
class _Step:
    """One write, worked out: which fields differ, and which credentials there are to be, by what finds them."""

    user: User
    details: Details
    had: Present
    wanted: dict[bytes, tuple[str, str]]
    fields: list[str]

    @property
    def is_new(self) -> bool:
        return self.user.pk is None

    @property
    def differs(self) -> bool:
        kept = set(self.had.credentials) == set(self.wanted) and self.had.groups == self.details.groups
        return self.is_new or bool(self.fields) or not kept


def _write(company: Company, writes: Sequence[Write], written: Written, actor: Actor) -> set[int]:
    now = present([write.user.pk for write in writes if write.user])
    steps = [_step(company, write, now[write.user.pk] if write.user else Present()) for write in writes]
    _check_external_ids(steps)
    differing = [step for step in steps if step.differs]
    new = [step for step in differing if step.is_new]
    _drop(differing)
    _save(company, differing, new)
    _add(company, differing)
    for step in differing:
        event = "user.created" if step in new else "user.changed"
        trail.record(event, actor=actor, user=step.user.pk, number=step.user.number)
    written.users = [step.user for step in steps]
    written.created, written.changed = len(new), len(differing) - len(new)
    return {step.user.pk for step in differing}


def _step(company: Company, write: Write, had: Present) -> _Step:
    details, user = write.details, write.user or User(company=company)
    _set_damaged_apart(company, had)
    fields = [name for name in FIELDS if getattr(user, name) != getattr(details, name)]
    for name in fields:
        setattr(user, name, getattr(details, name))
    values = [(Credential.CARD, plain_card(card)) for card in sorted(details.cards)]
    values += [(Credential.PIN, details.pin)] if details.pin else []
    wanted = {lookup(company, kind, value): (kind, value) for kind, value in values}
    return _Step(user=user, details=details, had=had, wanted=wanted, fields=fields)


def _set_damaged_apart(company: Company, had: Present) -> None:
    """What cannot be read any more is never the same as what was entered: entering it again replaces it."""
    for found_by, row in list(had.credentials.items()):
        try:
            vault.unseal(company, "credential", bytes(row.sealed), f"{row.user_id}:{row.kind}")
        except CannotUnseal:
            had.credentials[b"damaged" + found_by] = had.credentials.pop(found_by)


def _check_external_ids(steps: Sequence[_Step]) -> None:
    claimed = [step.user.external_id for step in steps if step.user.external_id]
    owners = dict(User.objects.filter(external_id__in=claimed).values_list("external_id", "pk"))
    foreign = any(owners.get(step.user.external_id, step.user.pk) != step.user.pk for step in steps)
    if foreign or len(set(claimed)) < len(claimed):
        raise ExternalIdTaken


def _drop(steps: Iterable[_Step]) -> None:
    """All that goes, of everybody, before anything comes: so a card can move from one user to another."""
    stale = [row.pk for step in steps for value, row in step.had.credentials.items() if value not in step.wanted]
    Credential.objects.filter(pk__in=stale).delete()
    for step in steps:
        if left := step.had.groups - step.details.groups:
            Membership.objects.filter(user=step.user, group_id__in=left).delete()


def _save(company: Company, steps: Sequence[_Step], new: Sequence[_Step]) -> None:
    for step, number in zip(new, _new_numbers(company, len(new)), strict=True):
        step.user.number = number
    for step in steps:
        if step.fields and not step.is_new:
            step.user.save(update_fields=step.fields)
    User.objects.bulk_create(step.user for step in new)


def _new_numbers(company: Company, count: int) -> range:
    """Numbers that nobody had before, taken in one statement: two who ask at once never get the same."""
    Company.objects.filter(pk=company.pk).update(last_number=F("last_number") + count)
    company.refresh_from_db(fields=["last_number"])
    return range(company.last_number - count + 1, company.last_number + 1)


def _add(company: Company, steps: Iterable[_Step]) -> None:
    memberships, credentials = [], []
    for step in steps:
        joined = sorted(step.details.groups - step.had.groups)
        memberships += [Membership(company=company, user=step.user, group_id=group) for group in joined]
        fresh = [(found_by, *value) for found_by, value in step.wanted.items() if found_by not in step.had.credentials]
        credentials += [_credential(company, step.user, *each) for each in fresh]
    _check_cards(credentials)
    Membership.objects.bulk_create(memberships)
    Credential.objects.bulk_create(credentials)


def _credential(company: Company, user: User, found_by: bytes, kind: str, value: str) -> Credential:
    sealed = vault.seal(company, "credential", value, f"{user.pk}:{kind}")
    return Credential(company=company, user=user, kind=kind, sealed=sealed, lookup=found_by)


def _check_cards(credentials: Sequence[Credential]) -> None:
    cards = [each.lookup for each in credentials if each.kind == Credential.CARD]
    if len(set(cards)) < len(cards) or Credential.objects.filter(kind=Credential.CARD, lookup__in=cards).exists():
        raise CardTaken
