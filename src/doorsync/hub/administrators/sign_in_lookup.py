"""What a sign-in needs to know, in one statement: the administrator of this name, and what is known of the caller's source.

With SQL of its own, because programs sign in with every call. It only reads; what decides is in `throttle` and `actions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from doorsync.hub.administrators import throttle
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import from_plain_row, plain_fields

FIELDS = plain_fields(Administrator)
SPENT = "bucket = %s AND count >= %s"
STATEMENT = f"""
    SELECT {", ".join(f"a.{field.column}" for field in FIELDS)},
      (SELECT seen_at > %s FROM administrators_knownsource
        WHERE company_id = %s AND source = %s AND seen_at > %s AND seen_at <= %s),
      EXISTS (SELECT 1 FROM administrators_attempts
        WHERE window_ends > %s AND window_ends <= %s AND ({SPENT} OR {SPENT}))
    FROM (SELECT 1 AS one) anybody
    LEFT JOIN administrators_administrator a ON a.company_id = %s AND a.username = %s
"""  # noqa: S608 - names of columns only


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
    now = timezone.now()
    moments = [now - throttle.NOTED_FOR, now - throttle.KNOWN_FOR, now + AHEAD, now, now + throttle.WINDOW + AHEAD]
    noted, known, ahead, runs, ends = map(connection.ops.adapt_datetimefield_value, moments)
    source = throttle.source_hash(company, address)
    (own, most), (shared, most_shared) = throttle.known_budgets(company, username, address).items()
    name = "" if "\0" in username else username  # which PostgreSQL cannot even be asked for; nobody has an empty one
    budgets = [runs, ends, own, most, shared, most_shared]
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [noted, company.pk, source, known, ahead, *budgets, company.pk, name])
        *row, fresh, spent = cursor.fetchone()
    return Lookup(found=_administrator(company, row), known=fresh is not None, noted=bool(fresh), spent=bool(spent))


def _administrator(company: Company, row: list[Any]) -> Administrator | None:
    if row[0] is None:
        return None
    found = from_plain_row(Administrator, FIELDS, row)
    found.company = company
    return found
