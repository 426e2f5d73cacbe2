"""Whether writes can be kept, each in itself and all beside what the company has: looked at before anything is written."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.hub.companies.models import Company, Location
from doorsync.hub.users import numbers
from doorsync.hub.users.credential_kinds import KINDS, CredentialKind
from doorsync.hub.users.errors import BadFields, CredentialLost, CredentialTaken, ExternalIdTaken, NumberTaken, UserError
from doorsync.hub.users.fields import INFO, Fields, clean_fields, is_number
from doorsync.hub.users.info_fields import info_field_functions, resolve_info_fields
from doorsync.hub.users.models import Credential, Group, User
from doorsync.hub.users.queries import credential_claims, credential_holders, credential_lookup, portions

NUMBER_TAKEN = gettext_lazy("Somebody has this number, or had it before. Leave it out, and the next free one is taken.")
NO_GROUP, NO_LOCATION = gettext_lazy("There is no such group."), gettext_lazy("There is no such location.")
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Write:
    """What is said of a user; without `user` it is a new one. Shows no secret.

    `number_is_id`: whoever says this knows people by their numbers, so that one who comes back has the same.
    `is_current`: the user, groups and locations were read in the same company transaction, and need not be read again.
    """

    fields: Fields = field(repr=False)
    user: User | None = None
    number_is_id: bool = False
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why the write of this index cannot be kept. `other` is the index of the write that it collides with.

    `nameless`: the same for whoever may not see the person who is named in `text`.
    """

    index: int
    field: str
    text: str
    other: int | None = None
    taken: UserError | None = None  # where somebody else has the value
    nameless: str = ""

    def as_error(self) -> UserError:
        """To be raised where one problem ends it all."""
        return self.taken or BadFields({self.field: self.text})


@dataclass
class Checked:
    """The writes with their fields as they are kept, and what is wrong.

    `together` are the indexes of writes that hand a credential on or are given one, and `gone_together` those of removed users
    whose credential somebody else is given: these belong into one transaction.
    """

    writes: list[Write]
    problems: list[Problem] = field(default_factory=list)
    together: set[int] = field(default_factory=set)
    gone_together: set[int] = field(default_factory=set)

    @cached_property
    def writers(self) -> dict[int, int]:
        """The index of each known user's write."""
        return {write.user.pk: index for index, write in enumerate(self.writes) if write.user}


def check_writes(company: Company | None, writes: Sequence[Write], gone: Sequence[User] = ()) -> Checked:
    """Look at all writes, in the company's scope, with a few queries. Without a company it has nobody yet."""
    found = Checked([])
    stands_for = info_field_functions() if company and any(INFO.keys() & write.fields.keys() for write in writes) else {}
    for index, write in enumerate(writes):
        said, contradictions = resolve_info_fields(write.fields, stands_for)
        fields, faults = clean_fields(said)
        faults |= contradictions
        found.writes.append(replace(write, fields=fields))
        faults = _whole(fields, write.user) | faults
        found.problems += [Problem(index=index, field=name, text=text) for name, text in faults.items()]
    leaving = {user.pk: index for index, user in enumerate(gone)}
    found.problems += _ids(found.writes, leaving, company)
    found.problems += _numbers(found.writes, company)
    found.problems += _unknown_links(found.writes, company)
    found.problems += _unique_credentials(company, found, leaving)
    return found


def same_values(
    company: Company, kind: CredentialKind, writes: Sequence[Write], gone: Sequence[User] = ()
) -> Iterator[tuple[int, int | None, User | None]]:
    """Equal values of one kind: the index of a write, and that of an earlier one or a user who has it already and keeps it."""
    values = {
        index: credential_lookup(company, kind.name, value)
        for index, write in enumerate(writes)
        for value in _named(write, kind.name)
    }
    first: dict[bytes, int] = {}
    for index, value in values.items():
        if (earlier := first.setdefault(value, index)) != index:
            yield index, earlier, None
    settled = {user.pk for user in gone} | {w.user.pk for w in writes if w.user and kind.name in w.fields.get("credentials", {})}
    for row in credential_holders(list(first)):
        if row.user_id not in settled:
            yield first[bytes(row.lookup)], None, row.user


def _whole(fields: Fields, user: User | None) -> dict[str, str]:
    """What is wrong with the user as they will then be."""
    starts = fields.get("starts", user.starts if user else "")
    expires = fields.get("expires", user.expires if user else "")
    late = starts and expires and expires <= starts and ("starts" in fields or "expires" in fields)
    faults = {"expires": _("The expiry must come after the start.")} if late else {}
    if user is None and not fields.get("last_name"):
        faults["last_name"] = _("The last name is missing, and this is a new user.")
    return faults


def _ids(writes: Sequence[Write], leaving: Mapping[int, int], company: Company | None) -> Iterator[Problem]:
    claims = [(index, write.fields.get("external_id", "")) for index, write in enumerate(writes)]
    owners: dict[str, int] = {}
    for some in portions([value for __, value in claims if value and company]):
        owners.update(User.objects.filter(external_id__in=some).values_list("external_id", "pk"))
    for index, other, value in _twice((index, [value]) for index, value in claims if value):
        owner, user = owners.get(value), writes[index].user
        foreign = owner is not None and owner not in leaving and (user is None or user.pk != owner)
        if other is not None or foreign:
            yield Problem(
                index=index, field="external_id", text=_("The id is somebody else's."), other=other, taken=ExternalIdTaken()
            )


def _numbers(writes: Sequence[Write], company: Company | None) -> Iterator[Problem]:
    """A number that is given is nobody's and was nobody's, and who has one keeps it."""
    new: dict[int, int] = {}
    for index, write in enumerate(writes):
        number = write.fields.get("number", 0)
        if not is_number(number):
            continue
        if write.user is None:
            if (other := new.setdefault(number, index)) != index:
                yield Problem(index=index, field="number", text=str(NUMBER_TAKEN), other=other, taken=NumberTaken())
        elif number != write.user.number:
            yield Problem(index=index, field="number", text=_("The number of a person never changes."))
    claims = {number: writes[index].fields.get("external_id", "") for number, index in new.items()}
    own = {number for number, index in new.items() if writes[index].number_is_id}
    for number in numbers.used_numbers(company, claims, own) if company and claims else ():
        yield Problem(index=new[number], field="number", text=str(NUMBER_TAKEN), taken=NumberTaken())


def _unknown_links(writes: Sequence[Write], company: Company | None) -> Iterator[Problem]:
    """Groups and locations that the company does not have, be they another company's."""
    for name, none, model in (("groups", NO_GROUP, Group), ("locations", NO_LOCATION, Location)):
        named = {index: frozenset(write.fields[name]) for index, write in enumerate(writes) if name in write.fields}  # type: ignore[literal-required]  # both are fields
        named = {index: ids for index, ids in named.items() if not writes[index].is_current}
        wanted = frozenset[int]().union(*named.values())
        known = set(model.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if company and wanted else set()
        for index, ids in named.items():
            if not ids <= known:
                yield Problem(index=index, field=name, text=str(none))


def _unique_credentials(company: Company | None, found: Checked, leaving: Mapping[int, int]) -> Iterator[Problem]:
    """What its owner keeps cannot be given to somebody else; what the same writes take away can."""
    claimants: dict[tuple[str, str], int] = {}
    for index, other, claim in _twice((index, _unique(write)) for index, write in enumerate(found.writes)):
        claimants.setdefault(claim, index)
        if other is not None:
            yield _taken(index, KINDS[claim[0]], _("The %(what)s is somebody else's too."), other=other)
    if company:
        found_by = {credential_lookup(company, *claim): index for claim, index in claimants.items()}
        held, lost = credential_claims(list(found_by))
        foreign = [row for row in held if found.writers.get(row.user_id) != found_by[bytes(row.lookup)]]
        owners = User.objects.in_bulk({row.user_id for row in foreign}) if foreign else {}
        for row in foreign:
            row.user = owners[row.user_id]
            yield from _owned(found, leaving, row, found_by[bytes(row.lookup)])
        for row in lost:
            why = _("The %(what)s was reported lost; say on the page of its owner when it was found.")
            kind = KINDS[row.kind]
            yield replace(_taken(found_by[bytes(row.lookup)], kind, why), taken=CredentialLost(kind.name, kind.title))


def _owned(found: Checked, leaving: Mapping[int, int], row: Credential, index: int) -> Iterator[Problem]:
    owner = found.writers.get(row.user_id)
    if row.user_id in leaving:
        found.gone_together.add(leaving[row.user_id])
    elif owner is not None and row.kind in found.writes[owner].fields.get("credentials", {}):
        found.together.add(owner)
    else:
        why = _("The %(what)s belongs to %(name)s (number %(number)s), who keeps it.")
        named = _taken(index, KINDS[row.kind], why, name=row.user.full_name, number=row.user.number)
        nameless = _("The %(what)s belongs to somebody else, who keeps it.") % {"what": _(KINDS[row.kind].title)}
        yield replace(named, nameless=nameless)
    found.together.add(index)


def _taken(index: int, kind: CredentialKind, why: str, other: int | None = None, **named: object) -> Problem:
    text = why % {"what": _(kind.title), **named}
    return Problem(index=index, field=kind.column, text=text, other=other, taken=CredentialTaken(kind.title))


def _unique(write: Write) -> Iterator[tuple[str, str]]:
    """Kind and value of each credential that nobody else may have."""
    for name, values in write.fields.get("credentials", {}).items():
        if name in KINDS and KINDS[name].unique:
            yield from ((name, value) for value in values)


def _named(write: Write, kind: str) -> frozenset[str]:
    return write.fields.get("credentials", {}).get(kind, frozenset())


def _twice(claims: Iterable[tuple[int, Iterable[T]]]) -> Iterator[tuple[int, int | None, T]]:
    """Each claim, with the index of an earlier one of the same value."""
    first: dict[T, int] = {}
    for index, values in claims:
        for value in values:
            earlier = first.setdefault(value, index)
            yield index, None if earlier == index else earlier, value
