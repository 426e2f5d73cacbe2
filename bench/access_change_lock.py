"""How long one right that is granted, and withdrawn, holds the lock of its company, by the number of people whom it concerns.

`data.py` makes the companies; everybody in one of ten groups is concerned by a right of that group, and everybody in the
company by ten. `[PEOPLExTERMINALS...]` are other sizes: 100000x10 takes minutes. The lock is held from the first statement of a
transaction to its end, so what is timed is the whole action, and each chunk in which it is worked out afterwards. Exits with 1
when a limit is missed.

# requirement: G-02
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from data import make_company
from django.core.management import call_command
from django.db import transaction
from django_scopes import scope

from doorsync.hub.access.actions import grant, withdraw
from doorsync.hub.access.models import AccessRight, Zone
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.sync.run.refresh_worker import refreshed_chunks
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
            f"{people:>7} people x {terminals:>3} terminals: a right of one group in ten held the lock {one.longest:.2f} s,"
            f" of all {everybody.longest:.2f} s; it was worked out after {one.whole:.2f} and {everybody.whole:.2f} s",
            flush=True,
        )
        each.append(everybody.whole / people)
        worst = max(worst, one.longest, everybody.longest)
    print(f"G-02 cost of one person, most people to fewest: {each[-1] / each[0]:.2f} (below {GROWTH})")
    print(f"G-02 ratio of the longest lock to {LONGEST:.0f} s: {worst / LONGEST:.2f} (below 1)")
    return int(worst >= LONGEST or each[-1] / each[0] >= GROWTH)


class Held(NamedTuple):
    """Seconds: the longest time that the lock was held without a break, and until everybody was worked out."""

    longest: float
    whole: float


def held_for(company: Company, groups: list[Group]) -> Held:
    """The longer one of two changes: these groups get a right at one door in other hours, and lose it."""
    actor = Actor(company_id=company.pk, via="bench")
    with transaction.atomic():
        evening = world.schedule(company, f"Evening {time.monotonic_ns()}", [["1", "18:00", "22:00"]])
    zone = Zone.objects.get()

    def give() -> None:
        for group in groups:
            grant(group=group, zone=zone, schedule=evening, actor=actor)

    def take() -> None:
        for right in AccessRight.objects.filter(schedule=evening).select_related("company"):
            withdraw(right=right, actor=actor)

    return max(_timed(company, give, actor), _timed(company, take, actor))


def _timed(company: Company, change: Callable[[], None], actor: Actor) -> Held:
    began = time.perf_counter()
    with company_transaction(company, actor):
        change()
    done = time.perf_counter()
    return Held(max([done - began, *refreshed_chunks()]), time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SIZES)))
