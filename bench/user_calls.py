"""People by updateUser over HTTP, one call each, in a company with 10 terminals: calls a second and the hub's memory stay flat.

So many new people (`[people]`, 2,000 unless said otherwise; the promise is about 100,000), then a change of each of the first
1,000, then getUsers of 1,000. Four programs call at the same time; the hub is one process. It prints the rate and the memory for
each tenth, and whether the target of 500 calls a second is met. It fails when the last tenth is much slower than the first, or
when the memory grows from tenth to tenth. Beside PHP and spyne this is not measured yet.
"""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
sys.path.insert(0, str(Path(__file__).parents[1]))

TERMINALS, CALLERS = 10, 4
TARGET = 500  # calls a second
SLOWEST = 0.6  # the last tenth's rate, of the first one's
GROWTH = 40.0  # MB that the hub may hold more after the last tenth than after the second
CHANGED = 1_000


def main(people: int) -> int:
    """Print the figures and the verdict; 1 when it is missed."""
    from peers import servers

    servers.prepare()
    make_doors()
    with servers.hub() as port:
        tenth = max(1, people // 10)
        rates, held = [], []
        for start in range(0, people, tenth):
            rates.append(rate(port, [person(number, "New") for number in range(start + 1, min(start + tenth, people) + 1)]))
            held.append(memory_of_the_hub())
            print(f"  {start + tenth:>7} people: {rates[-1]:5.0f} calls/s, {held[-1]:4.0f} MB", flush=True)
        changed = rate(port, [person(number, "Changed") for number in range(1, min(CHANGED, people) + 1)])
        began = time.perf_counter()
        page = call(http.client.HTTPConnection("127.0.0.1", port, timeout=120), message("getUsers", {"p_page": "1"}))
        took = time.perf_counter() - began
    print(f"  a changed person: {changed:.0f} calls/s; getUsers of {page.count(b'<item ')} people: {took * 1000:.0f} ms")
    slowest, grown = rates[-1] / rates[0], held[-1] - held[min(1, len(held) - 1)]
    said = "met" if min(rates) >= TARGET else "MISSED"
    print(f"  target of {TARGET} calls/s {said}; memory {grown:+.0f} MB (below {GROWTH})")
    print(f"  last tenth to first {slowest:.2f} (at least {SLOWEST})")
    return 0 if slowest >= SLOWEST and grown < GROWTH else 1


def make_doors() -> None:
    """Ten terminals that one group opens."""
    from django.db import connection
    from django_scopes import scope

    from doorsync.hub.companies.models import Company
    from tests.factories import world

    company = Company.objects.get()
    with scope(company=company):
        agent, site = world.agent(company), world.location(company)
        doors = [world.terminal(site, agent, f"Door {number}", address=f"127.0.0.1:{number + 1}") for number in range(TERMINALS)]
        world.right(world.group(company), world.zone(company, "All", *doors), world.schedule(company))
    connection.close()


def person(number: int, first_name: str) -> bytes:
    """A call that adds or changes this person."""
    card = str(10_000_000 + number)
    given = {"p_Id": str(number), "p_Voornaam": first_name, "p_Achternaam": f"Person {number}", "p_groupName": "Members"}
    return message("updateUser", {**given, "p_cardId": card})


def message(operation: str, given: dict[str, str]) -> bytes:
    """As a program sends it."""
    from tests.factories import esws, world

    return esws.written(operation, {"p_companyID": world.SAMPLE_CODE, **given})


def rate(port: int, messages: Sequence[bytes]) -> float:
    """Calls a second, by some callers at the same time."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as callers:
        answered = sum(callers.map(lambda some: call_all(port, some), [messages[number::CALLERS] for number in range(CALLERS)]))
    return answered / (time.perf_counter() - began)


def call_all(port: int, messages: Sequence[bytes]) -> int:
    """One caller, over one connection; each call must be answered with the person's number."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for each in messages:
        answer = call(connection, each)
        number = each.partition(b"<p_Id>")[2].partition(b"<")[0]
        assert b">" + number + b"<" in answer, answer
    return len(messages)


def call(connection: http.client.HTTPConnection, body: bytes) -> bytes:
    """The answer."""
    connection.request("POST", "/webservicesesws", body, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, text
    return text


def memory_of_the_hub() -> float:
    """MB that the only process which this one has started holds."""
    return max(map(_memory, _children()))


def _children() -> Iterator[str]:
    yield from Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _memory(process: str) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 2_000))
