"""How long one right that is granted, and withdrawn, holds the lock of its company, by the number of people whom it concerns.

`data.py` makes the companies; everybody in one of ten groups is concerned by a right of that group, and everybody in the
company by ten. `[PEOPLExTERMINALS...]` are other sizes: 100000x10 takes minutes. The lock is held from the first statement of the
transaction to its end, so what is timed is the whole action. Exits with 1 when a limit is missed.

# requirement: G-02
"""

from __future__ import annotations

import sys
import time

from data import make_company
from django.core.management import call_command
from django.db import transaction
from django_scopes import scope

from doorsync.hub.access.actions import grant, withdraw
from doorsync.hub.access.models import AccessRight, Zone
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.models import Group
from tests.factories import world

SIZES = ("500x10", "2000x10", "20000x10")
LONGEST = 1.0  # seconds that the lock may be held
GROWTH = 2.0  # how much dearer a person may become from the smallest size to the largest


def main(sizes: list[str]) -> int:
    """Print the times; 1 when a limit is missed."""
    call_command("migrate", verbosity=0)
    worst, each = 0.0, []
    for size in sizes:
        people, terminals = map(int, size.split("x"))
        company = make_company(people, terminals)
        with scope(company=company):
            groups = list(Group.objects.order_by("pk"))
            one, everybody = held_for(company, groups[:1]), held_for(company, groups)
        print(
            f"{people:>7} people x {terminals:>3} terminals: a right of one group in ten held the lock {one:.2f} s,"
            f" of all {everybody:.2f} s",
            flush=True,
        )
        each.append(everybody / people)
        worst = max(worst, everybody)
    print(f"G-02 cost of one person, most people to fewest: {each[-1] / each[0]:.2f} (below {GROWTH})")
    print(f"G-02 ratio of the longest lock to {LONGEST:.0f} s: {worst / LONGEST:.2f} (below 1)")
    return int(worst >= LONGEST or each[-1] / each[0] >= GROWTH)


def held_for(company: Company, groups: list[Group]) -> float:
    """Seconds of the longer one of two transactions: these groups get a right at one door in other hours, and lose it."""
    actor = Actor(company_id=company.pk, via="bench")
    with transaction.atomic():
        evening = world.schedule(company, f"Evening {time.monotonic_ns()}", [["1", "18:00", "22:00"]])
    zone, began = Zone.objects.get(), time.perf_counter()
    with company_transaction(company, actor):
        for group in groups:
            grant(group=group, zone=zone, schedule=evening, actor=actor)
    granted = time.perf_counter()
    with company_transaction(company, actor):
        for right in AccessRight.objects.filter(schedule=evening).select_related("company"):
            withdraw(right=right, actor=actor)
    return max(granted - began, time.perf_counter() - granted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SIZES)))
