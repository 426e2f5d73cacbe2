"""Every page of a large company, found by its links: how long the hub works at it, and how many statements it takes.

Somebody who sees everything and somebody who is limited to one of two locations go wherever links lead, twice to each kind of
page. A list may take 200 ms, whatever the size. `[PEOPLExTERMINALS...]` are other sizes; the first is the one that others are
compared with. With scripts/postgres before the command it works on PostgreSQL.

# requirement: G-01
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from html import unescape

from data import make_company
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group
from doorsync.hub.web.people.access_states import FILTERS
from tests.factories import world
from tests.factories.visitor import Visitor

SIZES = ("1000x4", "20000x4")
LONGEST = 0.2  # seconds
MORE_STATEMENTS = 3  # that a page may take in a larger company: pages of a list come in, nothing else
TWICE, ROUNDS, PENDING, SHOWN, OK = 2, 3, 500, 5, 200
FOLLOWED = re.compile(r'(?:href|data-hx-get)="(/[^"#]*)"')
LEFT_OUT = {"sign-out", "sync:events", "activity:live", "styleguide", "people:export"}  # streams, and no pages of a company
STARTS = (
    "/overview/",
    "/people/?q=person+77",
    "/people/?q=99",
    "/people/?q=nobody+there",
    "/people/?q=ann+group",
    "/people/?page=15&size=100",
    *(f"/people/?state={name}" for name in FILTERS),
    "/sync/find/?q=person+77",
    "/sync/find/?q=nobody",
    "/people/1/doors/",
)  # and what `unlinked` adds


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page costs."""

    seconds: float
    statements: int
    slowest: str  # statements, with their times


Costs = dict[tuple[str, str, str], Cost]  # by who looks, the name of the page, and its address


def main(sizes: list[str]) -> int:
    """Print what each kind of page costs; 1 when a limit is missed."""
    logging.disable(logging.WARNING)
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    found = {size: pages_of(*map(int, size.split("x"))) for size in sizes}
    worst = more = 0.0
    for size, costs in found.items():
        print(f"{size}: {len(costs)} pages of {len({name for _, name, _ in costs})} kinds", flush=True)
        for nth, (where, cost) in enumerate(sorted(costs.items(), key=lambda each: -each[1].seconds)):
            grown = cost.statements - statements_of(found[sizes[0]], *where[:2], otherwise=cost.statements)
            worst, more = max(worst, cost.seconds), max(more, grown)
            if nth < SHOWN or cost.seconds >= LONGEST or grown > MORE_STATEMENTS:
                print(f"  {cost.seconds * 1e3:>7.1f} ms {cost.statements:>3} statements (+{grown}) {' '.join(where)}")
                print(cost.slowest if cost.seconds >= LONGEST else "", end="")
    print(f"G-01 ratio of the slowest page to {LONGEST * 1e3:.0f} ms: {worst / LONGEST:.2f} (below 1)")
    print(f"G-01 statements more than in the first company: {more:.0f} (at most {MORE_STATEMENTS})")
    return int(worst >= LONGEST or more > MORE_STATEMENTS)


def statements_of(costs: Costs, who: str, name: str, *, otherwise: int) -> int:
    """The most that any page of this kind took."""
    return max((cost.statements for (seen, kind, _), cost in costs.items() if (seen, kind) == (who, name)), default=otherwise)


def pages_of(people: int, terminals: int) -> Costs:
    """The costs of every page that somebody who sees everything, and somebody who is limited, can get to."""
    company = make_company(people, terminals)
    more, costs = prepare(company), Costs()
    for who in ("owner", "limited"):
        visitor = Visitor()
        assert visitor.sign_in_fully(company.slug, who).status_code == 303
        crawl(visitor, who, costs, more)
    return costs


def prepare(company: Company) -> list[str]:
    """Two locations, two administrators, something pending everywhere, a run; returns addresses that no page links to."""
    with scope(company=company):
        ids = list(Terminal.objects.order_by("pk").values_list("pk", flat=True))
        first, south = Location.objects.get(), world.location(company, "South")
        Terminal.objects.filter(pk__in=ids[len(ids) // 2 :]).update(location=south)
        owner = world.administrator(company, username="owner")
        actor = Actor(company_id=company.pk, administrator_id=owner.pk, via="web")
        actions.change_role(administrator=owner, role=Role(Level.OWNER), actor=actor)
        limited = world.administrator(company, username="limited")
        actions.change_role(administrator=limited, role=Role(Level.MANAGER, [first]), actor=actor)
        for number, terminal in enumerate(ids):
            keys = [str(key) for key in range(1 + number, 1 + number + PENDING)]
            Holding.objects.filter(terminal_id=terminal, kind=Kind.USER, key__in=keys).update(wanted=b"another record of")
        start_run(company=company, choice=Selection(locations=frozenset({first.pk})), confirmed=None, actor=actor)
        with connection.cursor() as cursor:
            # As autovacuum does within a minute of so many new rows.
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        return unlinked(ids, Group.objects.earliest("pk").pk)


def unlinked(terminals: list[int], group: int) -> list[str]:
    """Addresses that a form asks for, and no page links to."""
    states = [f"/sync/people/?of={terminals[0]}&state={state}&page={page}" for state in ("same", "changed") for page in (1, 9)]
    return [*states, f"/people/?group={group}", f"/sync/?mode=changes&group={group}", f"/sync/plan/?mode=erase&group={group}"]


def crawl(visitor: Visitor, who: str, costs: Costs, more: list[str]) -> None:
    """Go wherever links lead, twice to each kind of page."""
    known, waiting, seen, times = {*STARTS, *more}, [*STARTS, *more], set[str](), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        name = kind_of(address)
        if address in seen or not name or name in LEFT_OUT or (address not in known and times[name] >= TWICE):
            continue
        seen.add(address)
        times[name] += address not in known
        answer, cost = looked_at(visitor, address)
        if cost:
            costs[who, name, re.sub(r"([?&]s=)[^&]*", r"\1..", address)] = cost
        waiting += [answer["Location"]] if "Location" in answer else map(unescape, FOLLOWED.findall(answer.content.decode()))


def kind_of(address: str) -> str:
    """The name of the view behind an address; empty for what is no page."""
    try:
        return resolve(address.split("?", maxsplit=1)[0]).view_name
    except Resolver404:
        return ""


def looked_at(visitor: Visitor, address: str) -> tuple[HttpResponse, Cost | None]:
    """The page, and the least that it cost in some rounds: what others do on the machine meanwhile is not its cost."""
    answer = visitor.get(address)
    if answer.status_code != OK or not answer["Content-Type"].startswith("text/html"):
        return answer, None
    taken = []
    clock = time.perf_counter if connection.vendor == "postgresql" else time.process_time  # SQLite works in this process
    for _ in range(ROUNDS):
        with CaptureQueriesContext(connection) as asked:
            began = clock()
            visitor.get(address)
            seconds = clock() - began
        queries = sorted(asked.captured_queries, key=lambda each: -float(each["time"]))
        slowest = "".join(f"      {float(each['time']) * 1e3:.0f} ms {each['sql'][:600]}\n" for each in queries[:2])
        taken.append(Cost(seconds, len(queries), slowest))
    return answer, min(taken, key=lambda each: each.seconds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SIZES)))
