"""Changes of many users at once, all or none, each of which can be undone where nobody has changed the same since."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.utils import timezone

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.edits import present_values
from doorsync.hub.users.errors import BadFields
from doorsync.hub.users.fields import MOMENTS, Fields
from doorsync.hub.users.models import BulkEdit, Group, User
from doorsync.hub.users.validation import Write, check_writes
from doorsync.hub.users.writes import write_users

FIELD = {"suspend": "active", "reinstate": "active", "add-group": "groups", "leave-group": "groups", "ends": "expires"}
MOST = 100  # users at once


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """What is to be done to each of them. `name` is one of FIELD; `ends` has a date as people write it, empty for none."""

    name: str
    group: Group | None = None
    ends: str = ""

    def wanted(self, present: Any) -> Any:
        """The value of the field afterwards."""
        if self.group is not None:
            own = {self.group.pk}
            return frozenset(set(present) | own if self.name == "add-group" else set(present) - own)
        return self.ends if self.name == "ends" else self.name == "reinstate"


def bulk_writes(users: Sequence[User], action: BulkAction) -> list[Write]:
    """The writes that it comes to, in the company's scope."""
    field = FIELD[action.name]
    return [_write(user, field, action.wanted(present_values(user, [field])[field])) for user in users]


def edit_many(*, company: Company, users: Sequence[User], action: BulkAction, actor: Actor) -> BulkEdit:
    """Change all of them, or none. Raises BadFields, UserGone and what `write_users` raises."""
    field = FIELD[action.name]
    with company_transaction(company, actor):
        writes = bulk_writes(users, action)
        if problems := check_writes(company, writes).problems:
            told = {f"{users[problem.index].pk}": f"{users[problem.index]}: {problem.text}" for problem in problems}
            raise BadFields(told)
        before = {str(user.pk): present_values(user, [field])[field] for user in users}
        write_users(company=company, writes=writes, actor=actor)
        rows = User.objects.in_bulk([user.pk for user in users])
        after = {pk: present_values(rows[int(pk)], [field])[field] for pk in before}
        made = BulkEdit.objects.create(
            company=company,
            public_id=secrets.token_urlsafe(16),
            administrator_id=actor.administrator_id or 0,
            action=action.name,
            value=str(action.group or action.ends),
            before={pk: value for pk, value in before.items() if value != after[pk]},
            after=after,
        )
        trail.record("users.changed-together", actor=actor, action=action.name, users=len(made.before))
    return made


def undo_many(*, edit: BulkEdit, actor: Actor, within: Callable[[User, Any], bool]) -> tuple[int, int]:
    """Put back what it changed, once; returns how many were put back, and how many not, since they are others by now.

    `within` says of a user, and the value that would be put back, whether the actor may do that now; the others count as
    left alone. Raises what `write_users` raises.
    """
    field = FIELD[edit.action]
    with company_transaction(edit.company, actor):
        if not BulkEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=timezone.now()):
            return 0, 0
        rows = User.objects.in_bulk([int(pk) for pk in edit.before])
        same = [user for pk, user in rows.items() if present_values(user, [field])[field] == edit.after[str(pk)]]
        same = [user for user in same if within(user, edit.before[str(user.pk)])]
        writes = [_write(user, field, _as_said(field, edit.before[str(user.pk)])) for user in same]
        write_users(company=edit.company, writes=writes, actor=actor)
        trail.record("users.changed-back", actor=actor, users=len(same))
    return len(same), len(edit.before) - len(same)


def forget_in_bulk_edits(user_id: int) -> None:
    """Forget what changes together did to this user: it cannot be undone for them any more. In a transaction of the company."""
    key = str(user_id)
    for edit in BulkEdit.objects.filter(after__has_key=key):
        edit.before.pop(key, None)
        del edit.after[key]
        edit.save(update_fields=["before", "after"])


def _as_said(field: str, value: Any) -> Any:
    return frozenset(value) if field == "groups" else value.replace("T", " ") if field in MOMENTS else value


def _write(user: User, field: str, value: Any) -> Write:
    fields: Mapping[str, Any] = {field: value}
    return Write(cast("Fields", fields), user)
