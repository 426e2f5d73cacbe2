"""Write a new sync token, and revoke those that it displaces, with SQL of its own: programs ask for tokens all the time.

What a token is, and when it is valid, is in `tokens`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.audit.chain import Head
from doorsync.hub.companies.clock_skew import AHEAD

COLUMNS = [field for field in SyncToken._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - documented
INSERT = f"INSERT INTO administrators_synctoken ({', '.join(str(field.column) for field in COLUMNS)})"
PLACES = ", ".join(["%s"] * len(COLUMNS))
# What the token was made from still holds. `revoked_at IS NULL` is the condition of the index that all of this relies on.
UNCHANGED = """administrators_administrator a JOIN companies_company c ON c.id = a.company_id
    JOIN audit_chainhead h ON h.company_id = a.company_id
    WHERE a.id = %s AND a.version = %s AND a.active AND a.may_sync
    AND c.active AND c.compatible_tokens = %s AND c.token_seconds = %s"""
LIVE = "administrator_id = %s AND revoked_at IS NULL AND expires_at > %s AND (used_at IS NULL OR reusable)"
DISPLACE = f"""UPDATE administrators_synctoken SET revoked_at = %s WHERE {LIVE} AND (issued_at > %s OR id NOT IN (
    SELECT id FROM administrators_synctoken WHERE {LIVE} AND issued_at <= %s ORDER BY issued_at DESC, id DESC LIMIT %s))"""  # noqa: S608 - all values are bound


def insert_token(token: SyncToken, made_for: Administrator, now: datetime, *, beside: int) -> tuple[int, Head] | None:
    """Insert the token, in the caller's transaction, and leave only so many live tokens beside it.

    Returns its id and the end of the company's trail, which is locked from then on. None when the administrator or the
    company is no longer as `made_for` says, or the company has no trail yet: no token was inserted then.
    """
    company = made_for.company
    unchanged = [made_for.pk, made_for.version, company.compatible_tokens, company.token_seconds]
    displaced = _displaced(made_for.pk, now, beside)
    values = [field.get_db_prep_save(getattr(token, field.attname), connection) for field in COLUMNS]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _in_postgresql(cursor, unchanged, displaced, values)
        return _in_sqlite(cursor, unchanged, displaced, values)


def _displaced(administrator_id: int, now: datetime, beside: int) -> list[Any]:
    """What DISPLACE asks for. Tokens issued later than now are from a clock that has been put back since: they go too."""
    moment, ahead = (connection.ops.adapt_datetimefield_value(each) for each in (now, now + AHEAD))
    return [moment, administrator_id, moment, ahead, administrator_id, moment, ahead, beside]


def _in_postgresql(cursor: Any, unchanged: list[Any], displaced: list[Any], values: list[Any]) -> tuple[int, Head] | None:
    cursor.execute(f"SELECT h.number, h.hash FROM {UNCHANGED} FOR NO KEY UPDATE OF a, h", unchanged)  # noqa: S608 - all values are bound
    head = cursor.fetchone()
    if head is None:
        return None
    cursor.execute(f"WITH displaced AS ({DISPLACE}) {INSERT} VALUES ({PLACES}) RETURNING id", [*displaced, *values])
    return cursor.fetchone()[0], Head(head[0], bytes(head[1]))


def _in_sqlite(cursor: Any, unchanged: list[Any], displaced: list[Any], values: list[Any]) -> tuple[int, Head] | None:
    cursor.execute(DISPLACE, displaced)
    end = "(SELECT {} FROM audit_chainhead WHERE company_id = administrators_synctoken.company_id)"
    returning = f"RETURNING id, {end.format('number')}, {end.format('hash')}"
    cursor.execute(f"{INSERT} SELECT {PLACES} FROM {UNCHANGED} {returning}", [*values, *unchanged])  # noqa: S608 - all values are bound
    found = cursor.fetchone()
    return (found[0], Head(found[1], bytes(found[2]))) if found else None
