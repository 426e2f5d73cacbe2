"""getUsers of a page of 1,000 over HTTP, beside PHP's SoapServer and spyne doing the same work on the same database, in turns.

The same work: the company is looked up; users by number, their groups, what info fields stand for, and PINs, cards and licence
plates are read, each of these is unsealed, and all 30 fields of each user are written as XML. PHP gives the same SOAP array,
spyne one in its own form. Every answer must have everybody, and the card of the last one. Each server has one core, as in
`token_call`; callers have another. A target that is missed is said. It fails where a ratio is below four tenths of its target.
`sqlite` or `postgresql` as an argument runs only that one.
"""

from __future__ import annotations

import http.client
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).parent
os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
sys.path.insert(0, str(HERE.parent))

from peers.databases import on_each_database, verdict  # noqa: E402 - after the path
from user_calls import call, message  # noqa: E402

PEOPLE, CALLERS, EACH, ROUNDS = 1_000, 4, 2, 3
LAST_CARD = 10_000_000 + PEOPLE
TARGETS = {"PHP SoapServer": 2.0, "spyne": 4.0}


def compare() -> int:
    """Print the rates on the database of the environment; 1 when a ratio is below its floor."""
    from peers import servers

    servers.prepare()
    make_people()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with ExitStack() as running:
        each_of = (server(one_core=True) for server in (servers.hub, servers.php, servers.spyne))
        ports = dict(zip(("hub", *TARGETS), map(running.enter_context, each_of), strict=True))
        for port in ports.values():
            rate(port)
        rounds = [{name: rate(port) for name, port in ports.items()} for _ in range(ROUNDS)]
    rates = {name: statistics.median(each[name] for each in rounds) for name in ports}
    for name, each in rates.items():
        print(f"  {name:16}{each:7.1f} pages/s, {1000 * CALLERS / each:5.0f} ms a call of {CALLERS} at once", flush=True)
    verdicts = [verdict(rates, peer, target) for peer, target in TARGETS.items()]  # each is printed
    return int(not all(verdicts))


def make_people() -> None:
    """A group's members, each with a card, every second with a PIN, and some fields of text."""
    from django.db import connection

    from doorsync.hub.audit.trail import Actor
    from doorsync.hub.companies.models import Company
    from doorsync.hub.users.validation import Write
    from doorsync.hub.users.writes import write_users
    from tests.factories import world

    company = Company.objects.get()
    group = world.group(company)
    writes = [
        Write(
            {
                "first_name": "Zoë",
                "last_name": f"Person {number}",
                "starts": "2026-01-01 00:00",
                "expires": "2030-12-31 23:59",
                "info1": f"locker {number}",
                "groups": frozenset({group.pk}),
                "credentials": {
                    "card": frozenset({str(10_000_000 + number)}),
                    "pin": frozenset({f"{number:04}"} if number % 2 else ()),
                },
            }
        )
        for number in range(1, PEOPLE + 1)
    ]
    write_users(company=company, writes=writes, actor=Actor(company_id=company.pk, via="bench"))
    connection.close()


def rate(port: int) -> float:
    """Pages a second, by some callers at the same time."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as callers:
        answered = sum(callers.map(ask, [port] * CALLERS))
    return answered / (time.perf_counter() - began)


def ask(port: int) -> int:
    """One caller, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(EACH):
        page = call(connection, message("getUsers", {"p_page": "1"}))
        assert page.count(b">Person ") == PEOPLE, page[:500]
        assert f">{LAST_CARD}<".encode() in page, page[-2000:]
    connection.close()
    return EACH


if __name__ == "__main__":
    sys.exit(compare() if "here" in sys.argv else on_each_database(__file__, sys.argv[1:]))
