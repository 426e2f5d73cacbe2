"""Write new sync tokens, and revoke those that they displace, with SQL of its own: programs ask for tokens all the time.

What a token is, and when it is valid, is in `tokens`. Rows are locked in the order that all who change administrators keep:
administrator, tokens, end of the trail. Whoever is not patient takes them in another order, and so waits for none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.tokens import token_lifetime
from doorsync.hub.audit.chain import Head
from doorsync.hub.companies.clock_skew import AHEAD

COLUMNS = (
    "company_id, administrator_id, digest, reusable, version, issued_at, expires_at, user_id, location_id, revoked_at, refusals"
)
PLACES = "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s"  # and no refusals yet
ACTIVE = "administrators_administrator a JOIN companies_company c ON c.id = a.company_id"
END = "JOIN audit_chainhead h ON h.company_id = c.id"
MAY_SIGN_IN = "a.active AND a.may_sync AND c.active"
# `revoked_at IS NULL` is the condition of the index that all of this relies on.
LIVE = "{0}revoked_at IS NULL AND {0}expires_at > %s AND ({0}used_at IS NULL OR {0}reusable)"
# Tokens issued later than now are from a clock that has been put back since: they go too.
DISPLACED = f"""SELECT id FROM (
    SELECT t.id, t.issued_at > %s AS ahead, keeps.column2 AS kept, row_number() OVER
      (PARTITION BY t.administrator_id, t.issued_at > %s ORDER BY t.issued_at DESC, t.id DESC) AS place
    FROM (VALUES {{keeps}}) keeps JOIN administrators_synctoken t ON t.administrator_id = keeps.column1
    WHERE {LIVE.format("t.")}) live WHERE ahead OR place > kept"""  # noqa: S608 - all values are bound
DISPLACE = f"UPDATE administrators_synctoken SET revoked_at = %s WHERE {LIVE.format('')} AND id IN ({{displaced}})"  # noqa: S608 - the same
UNLOCKED = "SELECT id FROM administrators_synctoken WHERE id IN ({displaced}) FOR NO KEY UPDATE SKIP LOCKED"

Written = Mapping[int, tuple[int, Head | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token for an administrator as they were read, with their company; both must still be so when it is written."""

    administrator: Administrator
    digest: bytes = field(repr=False)
    user_id: int | None = None
    location_id: int | None = None

    @property
    def premises(self) -> tuple[int, bool, int]:
        """What the token is made from."""
        company = self.administrator.company
        return self.administrator.version, company.compatible_tokens, company.token_seconds


def insert_tokens(tokens: Sequence[NewToken], now: datetime, *, at_once: int, patient: bool = True) -> Written:
    """Insert these, in the caller's transaction, and leave each administrator only so many live tokens, the newest.

    Returns, by place in `tokens`, the id, and the end of the company's trail where it is locked already. A token is left out
    whose administrator or company is no longer as it says; on SQLite, or if not patient, also one whose company has no
    trail yet; and if not patient, one for which rows are locked by somebody else.
    """
    insert = _in_postgresql if connection.vendor == "postgresql" else _in_sqlite
    return insert(tokens, now, at_once, patient)


def _in_postgresql(tokens: Sequence[NewToken], now: datetime, at_once: int, patient: bool) -> Written:
    with connection.cursor() as cursor:
        now_true, ends = _locked(cursor, tokens, patient)
        places = [place for place, each in enumerate(tokens) if now_true.get(each.administrator.pk) == each.premises]
        if not places:
            return {}
        some = [tokens[place] for place in places]
        displace, values = _displacement(some, now, at_once, patient)
        rows = ", ".join([f"({PLACES}, 0)"] * len(some))
        statement = f"WITH displaced AS ({displace}) INSERT INTO administrators_synctoken ({COLUMNS}) VALUES {rows}"  # noqa: S608 - all values are bound
        cursor.execute(f"{statement} RETURNING id, digest", [*values, *_values(some, now, at_once)])
        numbers = {bytes(digest): number for number, digest in cursor.fetchall()}
    return {place: (numbers[tokens[place].digest], ends.get(tokens[place].administrator.pk)) for place in places}


def _locked(cursor: Any, tokens: Sequence[NewToken], patient: bool) -> tuple[dict[int, tuple[Any, ...]], dict[int, Head]]:
    """What is true now of the administrators, and, if not patient, the ends of their trails; by the administrator's id."""
    numbers = sorted({token.administrator.pk for token in tokens})
    ends, lock = ("", "OF a") if patient else (END, "OF a, h SKIP LOCKED")
    more = "" if patient else ", h.number, h.hash"
    cursor.execute(
        f"SELECT a.id, a.version, c.compatible_tokens, c.token_seconds{more} FROM {ACTIVE} {ends} WHERE a.id = ANY(%s)"  # noqa: S608 - all values are bound
        f" AND {MAY_SIGN_IN} ORDER BY a.id FOR NO KEY UPDATE {lock}",
        [numbers],
    )
    rows = cursor.fetchall()
    return {row[0]: tuple(row[1:4]) for row in rows}, {row[0]: Head(row[4], bytes(row[5])) for row in rows if not patient}


def _in_sqlite(tokens: Sequence[NewToken], now: datetime, at_once: int, _: bool) -> Written:
    """There one transaction writes at a time: nobody waits for rows."""
    end = "(SELECT {} FROM audit_chainhead WHERE company_id = administrators_synctoken.company_id)"
    asked = ", ".join(f"asked.column{number}" for number in range(1, 11))
    statement = (
        f"INSERT INTO administrators_synctoken ({COLUMNS}) SELECT {asked}, 0"  # noqa: S608 - all values are bound
        f" FROM (VALUES {', '.join([f'({PLACES}, %s, %s)'] * len(tokens))}) asked"
        f" JOIN {ACTIVE} {END} WHERE a.id = asked.column2 AND a.version = asked.column5 AND {MAY_SIGN_IN}"
        " AND c.compatible_tokens = asked.column11 AND c.token_seconds = asked.column12"
        f" RETURNING id, digest, {end.format('number')}, {end.format('hash')}"
    )
    displace, values = _displacement(tokens, now, at_once, True)
    with connection.cursor() as cursor:
        cursor.execute(displace, values)
        cursor.execute(statement, list(_values(tokens, now, at_once, with_settings=True)))
        rows = {bytes(row[1]): row for row in cursor.fetchall()}
    found = ((place, rows.get(token.digest)) for place, token in enumerate(tokens))
    return {place: (row[0], Head(row[2], bytes(row[3]))) for place, row in found if row}


def _displacement(tokens: Sequence[NewToken], now: datetime, at_once: int, patient: bool) -> tuple[str, list[Any]]:
    """The statement that revokes what these tokens displace, and its values."""
    moment, ahead = _moment(now), _moment(now + AHEAD)
    keeps = [(number, max(0, at_once - new)) for number, new in Counter(each.administrator.pk for each in tokens).items()]
    displaced = DISPLACED.format(keeps=", ".join(["(%s, %s)"] * len(keeps)))
    if not patient:
        displaced = UNLOCKED.format(displaced=displaced)
    pairs = [value for pair in keeps for value in pair]
    return DISPLACE.format(displaced=displaced), [moment, moment, ahead, ahead, *pairs, moment]


def _values(tokens: Sequence[NewToken], now: datetime, at_once: int, *, with_settings: bool = False) -> Iterator[Any]:
    """Of more tokens for one administrator than may live at once, the first are born revoked."""
    moment, left = _moment(now), Counter(each.administrator.pk for each in tokens)
    shared: dict[int, tuple[Any, ...]] = {}  # by the object: another one of the same administrator may say something else
    for each in tokens:
        who = each.administrator
        if id(who) not in shared:
            shared[id(who)] = (who.company_id, who.pk, *each.premises, _moment(now + token_lifetime(who.company)))
        company, number, version, reusable, seconds, end = shared[id(who)]
        yield from (company, number, each.digest, reusable, version, moment, end)
        yield from (each.user_id, each.location_id, moment if left[number] > at_once else None)
        left[number] -= 1
        if with_settings:
            yield from (reusable, seconds)


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
