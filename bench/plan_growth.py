"""A plan's cost follows what is pending, and not how many people and terminals a company has; nor does one person's change.

Companies of different sizes are made by `data.py`; for each the plan of the sync page is built with nothing pending and with
1,000 people pending, and one is renamed. `[PEOPLExTERMINALS...]` are other sizes; 100000x100 takes minutes and gigabytes.

# requirement: G-01
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from data import make_company
from django.core.management import call_command
from django.db import transaction
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.refresh import refresh_holdings
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User

SIZES = ("1000x1", "1000x10", "10000x10")
ROUNDS = 7
LONGEST_PLAN, LONGEST_CHANGE = 0.1, 0.05  # seconds
RATIO = 2.0  # of an idle plan for each terminal it shows, between the most and the fewest people on as many terminals
PENDING = 1_000


def main(sizes: list[str]) -> int:
    """Print the costs; 1 when a limit is missed."""
    call_command("migrate", verbosity=0)
    idle: dict[tuple[int, int], float] = {}
    worst_plan = worst_change = 0.0
    for size in sizes:
        people, terminals = map(int, size.split("x"))
        began = time.perf_counter()
        company = make_company(people, terminals)
        made = time.perf_counter() - began
        with scope(company=company):
            idle[people, terminals] = median(partial(plan_with, company, 0))
            change = median(partial(rename, company))
            make_pending()
            busy = median(partial(plan_with, company, 1))
        print(
            f"{people:>7} people x {terminals:>3} terminals (made in {made:.0f} s): plan {idle[people, terminals] * 1e3:.1f} ms,"
            f" with {PENDING} pending {busy * 1e3:.1f} ms, one change {change * 1e3:.1f} ms",
            flush=True,
        )
        worst_plan, worst_change = max(worst_plan, busy, idle[people, terminals]), max(worst_change, change)
    ratios = [idle[many] / idle[few] for many in idle for few in idle if many[1] == few[1] and many[0] > few[0]]
    print(f"G-01 plan with more people on as many terminals, to fewer: {max(ratios, default=0):.2f} (below {RATIO})")
    print(f"G-01 ratio of the slowest plan to {LONGEST_PLAN * 1e3:.0f} ms: {worst_plan / LONGEST_PLAN:.2f} (below 1)")
    print(f"G-01 ratio of the slowest change to {LONGEST_CHANGE * 1e3:.0f} ms: {worst_change / LONGEST_CHANGE:.2f} (below 1)")
    return int(max(ratios, default=0) >= RATIO or worst_plan >= LONGEST_PLAN or worst_change >= LONGEST_CHANGE)


def median(work: Callable[[], object]) -> float:
    """Seconds that it takes, the median of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def plan_with(company: Company, least: int) -> None:
    """Build the plan of the sync page, which must see what is pending."""
    plan = build_plan(company, Selection())
    assert bool(plan.new + plan.changed + plan.removed) == bool(least), (plan.new, plan.changed, plan.removed)
    people = User.objects.count()
    assert all(terminal_plan.same + terminal_plan.changed + terminal_plan.new == people for terminal_plan in plan.terminal_plans)


def rename(company: Company) -> None:
    """One person has another name, everywhere."""
    user = User.objects.get(number=1)
    user.last_name += "x"
    with transaction.atomic():
        user.save(update_fields=["last_name"])
        refresh_holdings(company, {user.pk})


def make_pending() -> None:
    """Some people have another record in store, spread over the terminals."""
    for number, terminal in enumerate(Terminal.objects.order_by("pk")):
        share = PENDING // Terminal.objects.count()
        keys = [str(key) for key in range(1 + number, 1 + number + share)]
        Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=keys).update(wanted=b"another records")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SIZES)))
