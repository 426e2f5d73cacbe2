"""Read and lengthen a company's chain, with SQL of its own: sign-ins and token calls wait for it, so each statement counts.

What an entry says, and how it is hashed, is in `trail`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from doorsync.hub.audit.models import ChainHead

AT_ONCE = 500  # entries in one statement: SQLite takes 32,766 values
COLUMNS = "company_id, number, at, event, actor, subject, previous, hash, key"


class Head(NamedTuple):
    """The end of a chain: the number and the hash of its last entry."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What is to be kept of one thing that happened: the fields of `Entry`, without what Django does for each row."""

    company_id: int
    number: int
    at: datetime
    event: str
    actor: Mapping[str, object]
    subject: Mapping[str, object]
    previous: bytes
    hash: bytes
    key: str


def locked_head(company_id: int) -> Head:
    """The end of the company's chain, which nobody else can lengthen until the transaction ends."""
    lock = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number, hash FROM audit_chainhead WHERE company_id = %s{lock}", [company_id])  # noqa: S608 - two texts
        found = cursor.fetchone()
    if found:
        return Head(found[0], bytes(found[1]))
    ChainHead.objects.get_or_create(company_id=company_id)
    return locked_head(company_id)


def append_entries(entries: Sequence[NewEntry], seal: bytes) -> None:
    """Put these behind the locked end of their company's chain. `seal` proves the last of them to be the new end.

    One statement on PostgreSQL and two on SQLite, for up to 500 entries.
    """
    *early, last = [entries[start : start + AT_ONCE] for start in range(0, len(entries), AT_ONCE)]
    with connection.cursor() as cursor:
        for some in early:
            cursor.execute(_insertion(len(some)), list(_values(some)))
        end = last[-1]
        update = "UPDATE audit_chainhead SET number = %s, hash = %s, seal = %s WHERE company_id = %s"
        head: list[Any] = [end.number, end.hash, seal, end.company_id]
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH added AS ({_insertion(len(last))}) {update}", [*_values(last), *head])
        else:
            cursor.execute(_insertion(len(last)), list(_values(last)))
            cursor.execute(update, head)


def _insertion(count: int) -> str:
    json_place = "%s::jsonb" if connection.vendor == "postgresql" else "%s"
    row = f"(%s, %s, %s, %s, {json_place}, {json_place}, %s, %s, %s)"
    return f"INSERT INTO audit_entry ({COLUMNS}) VALUES {', '.join([row] * count)}"  # noqa: S608 - all values are bound


def _values(entries: Sequence[NewEntry]) -> Iterator[Any]:
    adapt = connection.ops.adapt_datetimefield_value
    for each in entries:
        at = adapt(each.at)
        yield from (each.company_id, each.number, at, each.event, json.dumps(each.actor), json.dumps(each.subject))
        yield from (each.previous, each.hash, each.key)
