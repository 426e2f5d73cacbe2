"""Edits of one user by a person at a form: all faults at once, and nothing over what somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from doorsync.domain.text import normalized_text
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.errors import BadFields, ChangedMeanwhile, UserGone
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write, check_writes
from doorsync.hub.users.validity_dates import BadMoment, end_of, start_of
from doorsync.hub.users.writes import Outcome, write_users


def present_values(user: User, names: Collection[str]) -> dict[str, Any]:
    """What a form shows of these fields: texts and moments as they are kept, groups as sorted ids."""
    linked = {"groups": lambda: sorted(user.memberships.values_list("group_id", flat=True))}
    return {name: linked[name]() if name in linked else getattr(user, name) for name in names}


def newest_user() -> int:
    """What `add_user` is told by a form: the last user, by primary key, who was there when it was shown."""
    return User.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def add_user(*, company: Company, fields: Fields, actor: Actor, newest: int | None = None) -> User:
    """A new user. Raises BadFields with all that is wrong, whoever else has a value included.

    A form that is sent twice says `newest`: the same user is not added again who came since then.
    """
    with company_transaction(company, actor):
        if newest is not None and (added := _added_since(newest, fields)):
            return added
        return _written(company, Write(fields), actor).user


def edit_user(*, user: User, seen: Mapping[str, Any], fields: Fields, actor: Actor) -> Outcome:
    """Change a user whose form showed what is `seen`, as `present_values` told it.

    Raises BadFields, UserGone, or ChangedMeanwhile with what is there now when any of these fields is another by now, and not
    what is to be saved anyway: a form that is sent twice is no conflict with itself.
    """
    with company_transaction(user.company, actor):
        now = User.objects.filter(pk=user.pk).select_related("company").first()
        if now is None:
            raise UserGone
        there = present_values(now, seen.keys())
        others = {name: value for name, value in there.items() if value != seen[name]}
        if not all(name in fields and _as_kept(name, fields) == value for name, value in others.items()):
            raise ChangedMeanwhile(others)
        return _written(user.company, Write(fields, now), actor)


def _as_kept(name: str, fields: Mapping[str, Any]) -> Any:
    """A field as `present_values` tells it once it is saved; None where it cannot be."""
    value = fields[name]
    try:
        return _AS_KEPT[name](value) if name in _AS_KEPT else normalized_text(value) if isinstance(value, str) else value
    except BadMoment:
        return None


_AS_KEPT: Mapping[str, Callable[[Any], Any]] = {"groups": sorted, "starts": start_of, "expires": end_of}


def _added_since(newest: int, fields: Mapping[str, Any]) -> User | None:
    """Who was added since then with just these details."""
    names = {name for name in fields if name != "credentials"}
    wanted = {name: _as_kept(name, fields) for name in names}
    texts = {name: wanted[name] for name in ("first_name", "insertion", "last_name", "external_id") if name in wanted}
    for user in User.objects.filter(pk__gt=newest, **texts).order_by("pk"):
        if present_values(user, names) == wanted:
            return user
    return None


def _written(company: Company, write: Write, actor: Actor) -> Outcome:
    checked = check_writes(company, [write])
    if checked.problems:
        problems = checked.problems[::-1]
        nameless = {problem.field: problem.nameless or problem.text for problem in problems}
        raise BadFields({problem.field: problem.text for problem in problems}, nameless)
    return write_users(company=company, writes=[write], actor=actor).outcomes[0]
