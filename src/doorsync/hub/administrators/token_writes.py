"""Write new sync tokens, and revoke those that they displace, with SQL of its own: programs ask for tokens all the time.

What a token is, and when it is valid, is in `tokens`. Rows are locked in the order that all who change administrators keep:
administrator, tokens, end of the trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.audit.chain import Head
from doorsync.hub.companies.clock_skew import AHEAD

COLUMNS = [field for field in SyncToken._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - documented
INSERT = f"INSERT INTO administrators_synctoken ({', '.join(str(field.column) for field in COLUMNS)})"
PLACES = ", ".join(["%s"] * len(COLUMNS))
ACTIVE = "administrators_administrator a JOIN companies_company c ON c.id = a.company_id"
MAY_SIGN_IN = "a.active AND a.may_sync AND c.active"
# `revoked_at IS NULL` is the condition of the index that all of this relies on.
LIVE = "administrator_id = %s AND revoked_at IS NULL AND expires_at > %s AND (used_at IS NULL OR reusable)"
DISPLACE = f"""UPDATE administrators_synctoken SET revoked_at = %s WHERE {LIVE} AND (issued_at > %s OR id NOT IN (
    SELECT id FROM administrators_synctoken WHERE {LIVE} AND issued_at <= %s ORDER BY issued_at DESC, id DESC LIMIT %s))"""  # noqa: S608 - all values are bound

Written = Mapping[int, tuple[int, Head | None]]


def insert_tokens(tokens: Sequence[SyncToken], now: datetime, *, beside: int) -> Written:
    """Insert these, in the caller's transaction, and leave each administrator only so many live tokens beside a new one.

    Returns, by place in `tokens`, the id and, on SQLite, the end of the company's trail. A token is left out whose
    administrator or company is no longer as it says, or, on SQLite, whose company has no trail yet.
    """
    return _in_postgresql(tokens, now, beside) if connection.vendor == "postgresql" else _in_sqlite(tokens, now, beside)


def _in_postgresql(tokens: Sequence[SyncToken], now: datetime, beside: int) -> Written:
    written = {}
    numbers = sorted({token.administrator_id for token in tokens})
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.id, a.version, c.compatible_tokens, c.token_seconds FROM {ACTIVE} WHERE a.id = ANY(%s)"  # noqa: S608 - all values are bound
            f" AND {MAY_SIGN_IN} ORDER BY a.id FOR NO KEY UPDATE OF a",
            [numbers],
        )
        now_true = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
        statement = f"WITH displaced AS ({DISPLACE}) {INSERT} VALUES ({PLACES}) RETURNING id"
        for place, token in sorted(enumerate(tokens), key=lambda each: each[1].administrator_id):
            if now_true.get(token.administrator_id) == _premises(token.administrator, token.version):
                cursor.execute(statement, [*_displaced(token, now, beside), *_values(token)])
                written[place] = (cursor.fetchone()[0], None)
    return written


def _in_sqlite(tokens: Sequence[SyncToken], now: datetime, beside: int) -> Written:
    written = {}
    end = "(SELECT {} FROM audit_chainhead WHERE company_id = administrators_synctoken.company_id)"
    statement = (
        f"{INSERT} SELECT {PLACES} FROM {ACTIVE} JOIN audit_chainhead h ON h.company_id = c.id WHERE a.id = %s AND a.version = %s"  # noqa: S608 - all values are bound
        f" AND {MAY_SIGN_IN} AND c.compatible_tokens = %s AND c.token_seconds = %s"
        f" RETURNING id, {end.format('number')}, {end.format('hash')}"
    )
    with connection.cursor() as cursor:
        for place, token in enumerate(tokens):
            cursor.execute(DISPLACE, _displaced(token, now, beside))
            premises = _premises(token.administrator, token.version)
            cursor.execute(statement, [*_values(token), token.administrator_id, *premises])
            if found := cursor.fetchone():
                written[place] = (found[0], Head(found[1], bytes(found[2])))
    return written


def _premises(administrator: Administrator, version: int) -> tuple[int, bool, int]:
    """What a token was made from, and what must still be so when it is written."""
    return version, administrator.company.compatible_tokens, administrator.company.token_seconds


def _displaced(token: SyncToken, now: datetime, beside: int) -> list[Any]:
    """What DISPLACE asks for. Tokens issued later than now are from a clock that has been put back since: they go too."""
    moment, ahead = (connection.ops.adapt_datetimefield_value(each) for each in (now, now + AHEAD))
    return [moment, token.administrator_id, moment, ahead, token.administrator_id, moment, ahead, beside]


def _values(token: SyncToken) -> list[Any]:
    return [field.get_db_prep_save(getattr(token, field.attname), connection) for field in COLUMNS]
