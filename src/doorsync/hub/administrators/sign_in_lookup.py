"""What sign-ins need to know, in one statement: the administrator of each name, and what is known of the caller's source.

With SQL of its own, because programs sign in with every call. It only reads; what decides is in `throttle` and `actions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from doorsync.hub.administrators import sign_in_throttle
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import from_plain_row, plain_fields

FIELDS = plain_fields(Administrator)
# Both databases call the columns of VALUES so: place, company, name, source, and two buckets with their budgets.
STATEMENT = f"""
    SELECT {", ".join(f"a.{field.column}" for field in FIELDS)}, asked.column1,
      (SELECT seen_at > %s FROM administrators_knownsource
        WHERE company_id = asked.column2 AND source = asked.column4 AND seen_at > %s AND seen_at <= %s),
      EXISTS (SELECT 1 FROM administrators_attempts WHERE window_ends > %s AND window_ends <= %s
        AND (bucket = asked.column5 AND count >= asked.column6 OR bucket = asked.column7 AND count >= asked.column8))
    FROM (VALUES {{rows}}) asked
    LEFT JOIN administrators_administrator a ON a.company_id = asked.column2 AND a.username = asked.column3
"""  # noqa: S608 - names of columns only
ROW = "(%s, %s, %s, %s, %s, %s, %s, %s)"


class SignIn(NamedTuple):
    """Who says to be whom, and from where."""

    company: Company
    username: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What is known before a password is looked at.

    `known`: somebody of this company signed in rightly from this source within 30 days; `noted`: within a day.
    `spent`: this source has used up one of the budgets that a known source has.
    """

    found: Administrator | None
    known: bool
    noted: bool
    spent: bool


def look_up(company: Company, username: str, address: str) -> Lookup:
    """Who this name is, and how this address stands with the company."""
    asked = SignIn(company, username, address)
    return look_up_all([asked])[asked]


def look_up_all(asked: Sequence[SignIn]) -> Mapping[SignIn, Lookup]:
    """The same for several."""
    now = timezone.now()
    moments = [
        now - sign_in_throttle.NOTED_FOR,
        now - sign_in_throttle.KNOWN_FOR,
        now + AHEAD,
        now,
        now + sign_in_throttle.WINDOW + AHEAD,
    ]
    values: list[Any] = [connection.ops.adapt_datetimefield_value(each) for each in moments]
    for place, each in enumerate(asked):
        values += _values(place, each)
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(rows=", ".join([ROW] * len(asked))), values)
        rows = cursor.fetchall()
    return {asked[row[-3]]: _lookup(asked[row[-3]].company, row) for row in rows}


def _values(place: int, asked: SignIn) -> list[Any]:
    company, username, address = asked
    name = "" if "\0" in username else username  # which PostgreSQL cannot even be asked for; nobody has an empty one
    budgets = [each for pair in sign_in_throttle.known_budgets(company, username, address).items() for each in pair]
    return [place, company.pk, name, sign_in_throttle.source_hash(company, address), *budgets]


def _lookup(company: Company, row: Sequence[Any]) -> Lookup:
    *fields, _, fresh, spent = row
    return Lookup(found=_administrator(company, fields), known=fresh is not None, noted=bool(fresh), spent=bool(spent))


def _administrator(company: Company, row: list[Any]) -> Administrator | None:
    if row[0] is None:
        return None
    found = from_plain_row(Administrator, FIELDS, row)
    found.company = company
    return found
