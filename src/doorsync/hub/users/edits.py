"""Edits of one user by a person at a form: all faults at once, and nothing over what somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.errors import BadFields, ChangedMeanwhile, UserGone
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write, check_writes
from doorsync.hub.users.writes import Outcome, write_users


def present_values(user: User, names: Collection[str]) -> dict[str, Any]:
    """What a form shows of these fields: texts and moments as they are kept, groups as sorted ids."""
    linked = {"groups": lambda: sorted(user.memberships.values_list("group_id", flat=True))}
    return {name: linked[name]() if name in linked else getattr(user, name) for name in names}


def add_user(*, company: Company, fields: Fields, actor: Actor) -> User:
    """A new user. Raises BadFields with all that is wrong, whoever else has a value included."""
    with company_transaction(company, actor):
        return _written(company, Write(fields), actor).user


def edit_user(*, user: User, seen: Mapping[str, Any], fields: Fields, actor: Actor) -> Outcome:
    """Change a user whose form showed what is `seen`, as `present_values` told it.

    Raises BadFields, UserGone, or ChangedMeanwhile with what is there now when any of these fields is another by now.
    """
    with company_transaction(user.company, actor):
        now = User.objects.filter(pk=user.pk).select_related("company").first()
        if now is None:
            raise UserGone
        there = present_values(now, seen.keys())
        if others := {name: value for name, value in there.items() if value != seen[name]}:
            raise ChangedMeanwhile(others)
        return _written(user.company, Write(fields, now), actor)


def _written(company: Company, write: Write, actor: Actor) -> Outcome:
    checked = check_writes(company, [write])
    if checked.problems:
        problems = checked.problems[::-1]
        nameless = {problem.field: problem.nameless or problem.text for problem in problems}
        raise BadFields({problem.field: problem.text for problem in problems}, nameless)
    return write_users(company=company, writes=[write], actor=actor).outcomes[0]
