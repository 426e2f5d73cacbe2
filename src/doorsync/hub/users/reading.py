"""Users with all that belongs to them, by pages: as many statements for a thousand of them as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.statements import marks, rows_of, written
from doorsync.hub.companies.tenancy import company_in_scope
from doorsync.hub.users import info_fields
from doorsync.hub.users.fields import COLUMNS
from doorsync.hub.users.models import User

PER_PAGE = 1000
GROUP_NAMES = """
SELECT m.user_id, g.name FROM users_membership m JOIN users_group g ON g.id = m.group_id
WHERE m.company_id = %s AND m.user_id IN ({users}) ORDER BY g.name
"""
# A program that writes back later what it read would make a temporary card last for ever.
LASTING = """
SELECT user_id, kind, sealed FROM users_credential
WHERE company_id = %s AND user_id IN ({users}) AND kind IN ({kinds}) AND ends_at IS NULL ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullUser:
    """A user with the names of their groups, in order, and info fields. Credentials by kind, those asked for.

    `user` has `id`, `number` and the columns of `fields.COLUMNS` as attributes; it is no object of the model.
    """

    user: Any
    groups: list[str] = field(default_factory=list)
    info: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, list[str]] = field(default_factory=dict, repr=False)


def page_count(users: QuerySet[User]) -> int:
    """How many pages these are, at least one."""
    return max(1, -(-users.count() // PER_PAGE))


def read_page(company: Company, users: QuerySet[User], page: int, kinds: Collection[str] = ()) -> list[FullUser]:
    """The users of one page (1 is the first), by number, with their credentials of these kinds in clear.

    In the company's scope. Nothing else is unsealed. One that is damaged is left out and logged: the others must be readable.
    Raises CannotUnseal when the company's key is damaged.
    """
    # Plain rows: to make objects of the model would take most of the time of a page.
    columns = users.order_by("number").values_list("id", "number", *COLUMNS, named=True)
    rows = list(columns[(page - 1) * PER_PAGE : page * PER_PAGE])
    stands_for = info_fields.info_field_functions()
    ids = [user.id for user in rows]
    groups, credentials = _group_names(ids), _credentials(company, ids, kinds)
    return [
        FullUser(
            user=user,
            groups=groups[user.id],
            info=info_fields.info_of(user, stands_for),
            credentials=credentials[user.id],
        )
        for user in rows
    ]


def _group_names(users: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for user, name in rows_of(GROUP_NAMES.format(users=written(users)), [company_in_scope()]) if users else ():
        found[user].append(name)
    return found


def _credentials(company: Company, users: Sequence[int], kinds: Collection[str]) -> dict[int, dict[str, list[str]]]:
    found: dict[int, dict[str, list[str]]] = defaultdict(dict)
    if kinds and users:
        vault.derived(company, "credential")  # raises where none of them could be read
        statement = LASTING.format(users=written(users), kinds=marks(kinds))
        for user, kind, sealed in rows_of(statement, [company_in_scope(), *kinds]):
            try:
                value = vault.unseal(company, "credential", bytes(sealed), f"{user}:{kind}")
            except CannotUnseal:
                with isolated("A credential is damaged and was left out.", company=company.slug, user=user, kind=kind):
                    raise
                continue
            found[user].setdefault(kind, []).append(value)
    return found
