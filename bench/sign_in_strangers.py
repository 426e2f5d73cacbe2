"""A hundred thousand wrong passwords from as many addresses: the known caller always gets in, strangers get twenty tries.

# requirement: S-06
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from ipaddress import IPv6Address

os.environ["DOORSYNC_DATA"] = tempfile.mkdtemp(prefix="doorsync-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the settings it reads

from doorsync.hub.administrators.actions import authenticate  # noqa: E402
from doorsync.hub.administrators.errors import NoSuchAdministrator, Throttled  # noqa: E402
from doorsync.hub.administrators.models import Attempts  # noqa: E402
from doorsync.hub.companies.models import Company  # noqa: E402
from tests.factories import world  # noqa: E402

TRIES, EVERY, LIMIT = 100_000, 5_000, 20
OFFICE = "198.51.100.1"


def guess(company: Company, n: int) -> str:
    """A wrong password from an address that was never seen before."""
    address = str(IPv6Address("2001:db8::") + (n << 64))
    try:
        authenticate(company=company, username="username", password=f"guess {n}", address=address)
    except (NoSuchAdministrator, Throttled) as refusal:
        return type(refusal).__name__
    raise AssertionError("a wrong password was accepted")


def known(company: Company) -> float:
    """Seconds that the right password takes from the office."""
    started = time.perf_counter()
    authenticate(company=company, username="username", password="passwrod", address=OFFICE)
    return time.perf_counter() - started


def main() -> int:
    """Print who got how far; 1 when strangers got more than their tries. A known caller who is locked out ends it."""
    call_command("migrate", verbosity=0)
    company = world.company()
    world.administrator(company)
    known(company)
    started, outcomes, waits = time.perf_counter(), Counter[str](), list[float]()
    for n in range(TRIES):
        outcomes[guess(company, n)] += 1
        if n % EVERY == 0:
            waits.append(known(company))
    lasted = time.perf_counter() - started
    looked_at = outcomes["NoSuchAdministrator"]
    print(f"  {TRIES} wrong passwords in {lasted:.0f} s: {looked_at} looked at, {outcomes['Throttled']} turned away")
    print(f"  the known caller got in {len(waits)} times of {len(waits)}, in {max(waits) * 1e3:.0f} ms at most")
    print(f"  rows kept about all of them: {Attempts.objects.count()}")
    windows = int(lasted // 900) + 1
    print(f"S-06 ratio of passwords looked at to the tries allowed {looked_at / (LIMIT * windows):.2f} (must be at most 1)")
    return 0 if looked_at <= LIMIT * windows else 1


if __name__ == "__main__":
    sys.exit(main())
