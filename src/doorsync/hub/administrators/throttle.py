"""How many wrong passwords are looked at: counted in the database, in buckets that are keyed hashes of who and whence.

Strangers to a company share one small budget. A source from which somebody signed in rightly within 30 days has budgets
of its own, so that nobody elsewhere can use them up. A try is taken before the password is looked at, and given
back when it was right: so tries at the same moment cannot slip past the limit.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from doorsync.hub.administrators import client_address
from doorsync.hub.administrators.errors import Throttled
from doorsync.hub.administrators.models import Attempts, KnownSource
from doorsync.hub.audit import counters
from doorsync.hub.companies import vault
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.models import Company
from doorsync.hub.settings import key_files

WINDOW = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=30)
STRANGERS = 20  # failures of all unknown sources of a company together
STRANGER = 30  # failures of one unknown source, in all companies
OWN = 20  # failures for one name from one known source
SHARED = 100  # failures for all names from one known source


@dataclass(frozen=True, slots=True)
class Tries:
    """What was taken for one try."""

    buckets: tuple[bytes, ...]

    def give_back(self) -> None:
        """The password was right, or never looked at: the try does not count."""
        Attempts.objects.filter(bucket__in=self.buckets, count__gt=0).update(count=F("count") - 1)


def knows_source(company: Company, address: str) -> bool:
    """Whether somebody of this company signed in rightly from this source within 30 days."""
    since, hashed = timezone.now() - KNOWN_FOR, _source_hash(company, client_address.source_network(address))
    return KnownSource.objects.filter(source=hashed, seen_at__gt=since, seen_at__lte=timezone.now() + AHEAD).exists()


def take_try(company: Company, username: str, address: str, *, known: bool) -> Tries:
    """Take one try for this name from this address. Raises Throttled when a budget is used up."""
    source = client_address.source_network(address)
    if known:
        return _take({_bucket(company, "own", username, source): OWN, _bucket(company, "shared", source): SHARED})
    return _take({_bucket(company, "strangers"): STRANGERS, _bucket(None, "stranger", source): STRANGER})


def take_for_nobody(slug: str, address: str) -> Tries:
    """Take one try for a company that does not exist: counted as if it did."""
    source = client_address.source_network(address)
    return _take({_bucket(None, "nobody", slug): STRANGERS, _bucket(None, "stranger", source): STRANGER})


def remember_source(company: Company, address: str) -> None:
    """Somebody signed in rightly from here: this source is known for 30 days. Written once a day at most."""
    now, hashed = timezone.now(), _source_hash(company, client_address.source_network(address))
    if not KnownSource.objects.filter(source=hashed, seen_at__gt=now - timedelta(days=1), seen_at__lte=now + AHEAD).exists():
        KnownSource.objects.update_or_create(company=company, source=hashed, defaults={"seen_at": now})


def _take(limits: Mapping[bytes, int]) -> Tries:
    now = timezone.now()
    for row in Attempts.objects.filter(_runs(now), bucket__in=limits):  # a flood costs one read, no write
        if row.count >= limits[bytes(row.bucket)]:
            counters.count_throttled()
            raise Throttled(ceil((row.window_ends - now).total_seconds()))
    with transaction.atomic():
        fresh = [Attempts(bucket=bucket, window_ends=now + WINDOW) for bucket in sorted(limits)]
        Attempts.objects.bulk_create(fresh, ignore_conflicts=True)
        for bucket in sorted(limits):  # always in one order: no deadlock
            mine = Attempts.objects.filter(bucket=bucket)
            mine.exclude(_runs(now)).update(count=0, window_ends=now + WINDOW)
            if not mine.filter(count__lt=limits[bucket]).update(count=F("count") + 1):
                counters.count_throttled()
                raise Throttled(ceil(WINDOW.total_seconds()))
        if secrets.randbelow(100) == 0:
            Attempts.objects.exclude(_runs(now)).exclude(bucket__in=limits).delete()
    return Tries(tuple(limits))


def _runs(now: datetime) -> Q:
    """Windows that run now. One that ends later than any that begins now is from a clock that ran ahead."""
    return Q(window_ends__gt=now, window_ends__lte=now + WINDOW + AHEAD)


def _source_hash(company: Company, source: str) -> bytes:
    return vault.keyed_hash(company, "source", source)


def _bucket(company: Company | None, *parts: str) -> bytes:
    text = "\0".join(parts)
    if company is None:
        return hmac.digest(key_files.secret("index"), b"attempts\0" + text.encode(), sha256)
    return vault.keyed_hash(company, "attempts", text)
