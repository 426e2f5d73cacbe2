"""From the people of a file to what is to be written, and to whom it leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doorsync.domain.text import normalized_text
from doorsync.hub.imports.parsing import FilePerson
from doorsync.hub.users.credential_kinds import KINDS
from doorsync.hub.users.fields import COLUMNS, Fields
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write

NAMED_ALIKE = frozenset(COLUMNS) - {"external_id"}  # in files and of users


def writes_of(people: Sequence[FilePerson], groups: Mapping[str, int], known: Mapping[str, User]) -> list[Write]:
    """A write for each person, in their order. Groups that are not among these are left out."""
    return [Write(_fields(person, groups), known.get(person.user.id)) for person in people]


def known_users() -> dict[str, User]:
    """The users of the company in scope by the id that its own programs have for them."""
    return {user.external_id: user for user in User.objects.exclude(external_id="")}


def known_ids() -> frozenset[str]:
    """The ids of the users of the company in scope."""
    return frozenset(User.objects.exclude(external_id="").values_list("external_id", flat=True))


def gone_of(people: Sequence[FilePerson]) -> list[User]:
    """The users of the company in scope whom a complete file does not name."""
    named = {person.user.id for person in people}
    return [user for user in User.objects.all() if user.external_id not in named]


def _fields(person: FilePerson, groups: Mapping[str, int]) -> Fields:
    """Only what the file has: an empty cell empties, a column that is not there changes nothing."""
    user = person.user
    named = user.model_fields_set
    fields = Fields(external_id=user.id)
    fields.update({name: getattr(user, name) for name in NAMED_ALIKE & named})  # type: ignore[typeddict-item]  # names of its own
    if "groups" in named:
        fields["groups"] = frozenset(groups[name] for name in map(normalized_text, user.groups) if name in groups)
    if credentials := {kind.name: _values(getattr(user, kind.column)) for kind in KINDS.values() if kind.column in named}:
        fields["credentials"] = credentials
    return fields


def _values(cell: str | list[str]) -> frozenset[str]:
    return frozenset(filter(None, [cell] if isinstance(cell, str) else cell))
