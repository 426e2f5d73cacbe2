"""How costs grow with the number of people and of terminals: the data, a plan, a press, one person's change, one grant.

    bench/growth.py [--json FILE] [PEOPLExTERMINALS...]

Companies of different sizes are made by `data.py`. 100000x100, ten million holdings, takes many minutes and gigabytes, so it is
measured only when it is named. On SQLite time is the processor time of this process, in which the database works too, so that
others on the machine do not count; on PostgreSQL it is time on the clock. A file of JSON is what `growth_picture.py` draws.

# requirement: G-01
"""

from __future__ import annotations

import json
import math
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

from data import GROUPS, make_company
from django.core.management import call_command
from django.db import connection, transaction
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.access.actions import grant
from doorsync.hub.access.models import Zone
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings
from doorsync.hub.sync.models import Holding, Run
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group, User
from tests.factories import world

SIZES = ("1000x1", "1000x10", "10000x1", "10000x10")
ROUNDS, PENDING = 5, 1_000
LONGEST = {"plan": 0.1, "plan, pending": 0.1, "change": 0.05}  # seconds
WITH_PEOPLE = 2.0  # a plan with ten times as many people may cost this many times as much
STEEPEST = 1.25  # slope of what is done once for each holding: 1 is proportional
PROPORTIONAL = "load", "grant"
Costs = dict[str, float]


def main(words: list[str]) -> int:
    """Print the costs and their slopes; 1 when a limit is missed."""
    file = words.pop(words.index("--json") + 1) if "--json" in words else ""
    call_command("migrate", verbosity=0)
    found: dict[tuple[int, int], Costs] = {}
    for size in [word for word in words if word != "--json"] or SIZES:
        people, terminals = map(int, size.split("x"))
        found[people, terminals] = measured(people, terminals)
        figures = ", ".join(f"{what} {told(what, cost)}" for what, cost in found[people, terminals].items())
        print(f"{people:>7} people x {terminals:>3} terminals: {figures}", flush=True)
    if file:
        rows = [{"people": people, "terminals": terminals, **costs} for (people, terminals), costs in found.items()]
        Path(file).write_text(json.dumps({"database": connection.vendor, "costs": rows}, indent=1) + "\n")
    return int(not verdict(found))


def measured(people: int, terminals: int) -> Costs:
    """What each thing costs in a company of this size: seconds, and MB."""
    began, before = clock(), database_size()
    company = make_company(people, terminals)
    costs = {"load": clock() - began}
    actor = Actor(company_id=company.pk, via="bench")
    with scope(company=company):
        costs["plan"] = median(partial(plan_with, company, 0))
        costs["change"] = median(partial(rename, company))
        make_pending()
        costs["plan, pending"] = median(partial(plan_with, company, 1))
        costs["press"] = median(partial(press, company, actor))
        costs["grant"] = granted(company, actor)
    return {**costs, "database": (database_size() - before) / 1e6, "memory": memory()}


def verdict(found: dict[tuple[int, int], Costs]) -> bool:
    """Print the ratios; whether all are within their limits."""
    good = True
    for what, longest in LONGEST.items():
        ratio = max(costs[what] for costs in found.values()) / longest
        print(f"G-01 ratio of the slowest {what} to {longest * 1e3:.0f} ms: {ratio:.2f} (below 1)")
        good &= ratio < 1
    for (few, many), times in neighbours(found):
        ratio, tenfold = many["plan"] / few["plan"], math.log10(times)
        print(f"G-01 plan with {times:.0f} times as many people: {ratio:.2f} (below {WITH_PEOPLE ** max(1, tenfold):.1f})")
        good &= ratio < WITH_PEOPLE ** max(1, tenfold)
        for what in PROPORTIONAL:
            slope = math.log(many[what] / few[what]) / math.log(times)
            print(f"     slope of {what}: {slope:.2f} (below {STEEPEST})")
            good &= slope < STEEPEST
    return good


def neighbours(found: dict[tuple[int, int], Costs]) -> list[tuple[tuple[Costs, Costs], float]]:
    """The costs of each two neighbouring numbers of people on as many terminals, and how many times more they are."""
    sizes = sorted(found, key=lambda size: (size[1], size[0]))
    return [((found[few], found[many]), many[0] / few[0]) for few, many in pairwise(sizes) if few[1] == many[1]]


def told(what: str, cost: float) -> str:
    """A cost with its unit."""
    return f"{cost:.0f} MB" if what in ("database", "memory") else f"{cost:.1f} s" if cost >= 1 else f"{cost * 1e3:.0f} ms"


def clock() -> float:
    """Seconds; see the module."""
    return time.perf_counter() if connection.vendor == "postgresql" else time.process_time()


def median(work: Callable[[], object]) -> float:
    """Seconds that it takes, the median of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = clock()
        work()
        times.append(clock() - began)
    return statistics.median(times)


def database_size() -> int:
    """Bytes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])


def memory() -> float:
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def plan_with(company: Company, least: int) -> None:
    """Build the plan of the sync page, which must see what is pending."""
    plan = build_plan(company, Selection())
    assert bool(plan.new + plan.changed + plan.removed) == bool(least), (plan.new, plan.changed, plan.removed)
    people = User.objects.count()
    assert all(each.same + each.changed + each.new == people for each in plan.terminal_plans)


def press(company: Company, actor: Actor) -> None:
    """What the press of Sync does before the page of the run is shown."""
    run = start_run(company=company, choice=Selection(), confirmed=None, actor=actor)
    Run.objects.filter(pk=run.pk).delete()


def rename(company: Company) -> None:
    """One person has another name, everywhere."""
    user = User.objects.get(number=1)
    user.last_name += "x"
    with transaction.atomic():
        user.save(update_fields=["last_name"])
        refresh_holdings(company, {user.pk})


def granted(company: Company, actor: Actor) -> float:
    """Seconds until a tenth of the people may pass all terminals at other hours too, and that is worked out."""
    group, hours = Group.objects.earliest("pk"), world.schedule(company, "Mornings", [["1", "08:00", "12:00"]])
    began = clock()
    assert grant(group=group, zone=Zone.objects.get(), schedule=hours, actor=actor)
    seconds = clock() - began
    waiting = Holding.objects.filter(kind=Kind.USER, state__gt=0).count()
    assert waiting >= Terminal.objects.count() * User.objects.count() // GROUPS, waiting
    return seconds


def make_pending() -> None:
    """Some people have another record in store, spread over the terminals."""
    share = PENDING // Terminal.objects.count()
    for number, terminal in enumerate(Terminal.objects.order_by("pk")):
        keys = [str(key) for key in range(1 + number, 1 + number + share)]
        Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=keys).update(wanted=b"another records")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
