"""How many wrong passwords are looked at: counted in the database, in buckets that are keyed hashes of who and whence.

Strangers to a company share one small budget. A source from which somebody signed in rightly within 30 days has budgets
of its own, so that nobody elsewhere can use them up. A try is taken before the password is looked at, and given
back when it was right: so tries at the same moment cannot slip past the limit. A password that was verified a moment ago takes
no try: it is only let in while the budgets of its source are not used up.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from doorsync.hub.administrators import client_address
from doorsync.hub.administrators.errors import Throttled
from doorsync.hub.administrators.models import Administrator, Attempts, KnownSource
from doorsync.hub.audit import counters
from doorsync.hub.companies import vault
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.models import Company
from doorsync.hub.settings import key_files

WINDOW = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=30)
NOTED_FOR = timedelta(days=1)  # a known source is written down again once a day at most
STRANGERS = 20  # failures of all unknown sources of a company together
STRANGER = 30  # failures of one unknown source, in all companies
OWN = 20  # failures for one name from one known source
SHARED = 100  # failures for all names from one known source
CODES = 10  # wrong codes for one administrator who gave the right password, from wherever


@dataclass(frozen=True, slots=True)
class Tries:
    """What was taken for one try."""

    buckets: tuple[bytes, ...]

    def give_back(self) -> None:
        """The password was right, or never looked at: the try does not count."""
        Attempts.objects.filter(bucket__in=self.buckets, count__gt=0).update(count=F("count") - 1)


def known_budgets(company: Company, username: str, address: str) -> dict[bytes, int]:
    """The two buckets of a known source, and how many failures each may have."""
    source = client_address.source_network(address)
    return {_bucket(company, "own", username, source): OWN, _bucket(company, "shared", source): SHARED}


def take_try(company: Company, username: str, address: str, *, known: bool) -> Tries:
    """Take one try for this name from this address. Raises Throttled when a budget is used up."""
    return _take(_budgets(company, username, address, known=known))


def take_code_try(administrator: Administrator, address: str, *, known: bool) -> Tries:
    """Take one try for a code of the second factor: it counts as a wrong password, and towards a budget of its own.

    Whoever has the password can make any source known; so codes are counted wherever they come from. A new password, or
    another second factor, begins at nothing: who has the old password only can then no longer use the budget up.
    """
    company = administrator.company
    codes = {_bucket(company, "codes", str(administrator.pk), str(administrator.version)): CODES}
    return _take(codes | _budgets(company, administrator.username, address, known=known))


def take_for_nobody(slug: str, address: str) -> Tries:
    """Take one try for a company that does not exist: counted as if it did."""
    source = client_address.source_network(address)
    return _take({_bucket(None, "nobody", slug): STRANGERS, _bucket(None, "stranger", source): STRANGER})


def remember_source(company: Company, address: str) -> None:
    """Somebody signed in rightly from here: this source is known for 30 days."""
    KnownSource.objects.update_or_create(
        company=company, source=source_hash(company, address), defaults={"seen_at": timezone.now()}
    )


def source_hash(company: Company, address: str) -> bytes:
    """What the network of an address is known by, in this company only."""
    return vault.keyed_hash(company, "source", client_address.source_network(address))


def _budgets(company: Company, username: str, address: str, *, known: bool) -> dict[bytes, int]:
    if known:
        return known_budgets(company, username, address)
    source = client_address.source_network(address)
    return {_bucket(company, "strangers"): STRANGERS, _bucket(None, "stranger", source): STRANGER}


def _take(limits: Mapping[bytes, int]) -> Tries:
    now = timezone.now()
    for row in Attempts.objects.filter(_runs(now), bucket__in=limits):  # a flood costs one read, no write
        if row.count >= limits[bytes(row.bucket)]:
            counters.count_throttled()
            raise Throttled(ceil((row.window_ends - now).total_seconds()))
    with transaction.atomic():
        if _added(limits, now) < len(limits):
            counters.count_throttled()
            raise Throttled(ceil(WINDOW.total_seconds()))
        if secrets.randbelow(100) == 0:
            Attempts.objects.exclude(_runs(now)).exclude(bucket__in=limits).delete()
    return Tries(tuple(limits))


def _added(limits: Mapping[bytes, int], now: datetime) -> int:
    """Count one try in each bucket that has room for it, always in one order: no deadlock. Returns in how many."""
    start, longest, end = (connection.ops.adapt_datetimefield_value(each) for each in (now, now + WINDOW + AHEAD, now + WINDOW))
    runs = "kept.window_ends > %s AND kept.window_ends <= %s"
    limit = "CASE kept.bucket " + "WHEN %s THEN %s " * len(limits) + "END"
    statement = f"""
        INSERT INTO administrators_attempts AS kept (bucket, count, window_ends)
        VALUES {", ".join(["(%s, 1, %s)"] * len(limits))}
        ON CONFLICT (bucket) DO UPDATE SET
          count = CASE WHEN {runs} THEN kept.count + 1 ELSE 1 END,
          window_ends = CASE WHEN {runs} THEN kept.window_ends ELSE excluded.window_ends END
        WHERE NOT ({runs}) OR kept.count < {limit} RETURNING 1
    """  # noqa: S608 - all values are bound
    fresh = [value for bucket in sorted(limits) for value in (bucket, end)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*fresh, *[start, longest] * 3, *[each for pair in limits.items() for each in pair]])
        return len(cursor.fetchall())


def _runs(now: datetime) -> Q:
    """Windows that run now. One that ends later than any that begins now is from a clock that ran ahead."""
    return Q(window_ends__gt=now, window_ends__lte=now + WINDOW + AHEAD)


def _bucket(company: Company | None, *parts: str) -> bytes:
    text = "\0".join(parts)
    if company is None:
        return hmac.digest(key_files.secret("index"), b"attempts\0" + text.encode(), sha256)
    return vault.keyed_hash(company, "attempts", text)
