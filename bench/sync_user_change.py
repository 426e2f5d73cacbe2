"""One user's change in a company of 200 and of 20,000 users: what it costs must not grow with the company.

# requirement: R-10
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time

os.environ["DOORSYNC_DATA"] = tempfile.mkdtemp(prefix="doorsync-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the settings it reads
from django.db import transaction  # noqa: E402
from django_scopes import scope  # noqa: E402

from doorsync.hub.sync.plan.plans import build_plan  # noqa: E402
from doorsync.hub.sync.plan.selections import Selection  # noqa: E402
from doorsync.hub.users.models import Membership, User  # noqa: E402
from tests.factories.gym import Gym, gym  # noqa: E402

SMALL, LARGE, ROUNDS, LIMIT = 200, 20_000, 60, 2.0


def company(people: int) -> Gym:
    """A gym with so many members, whose holdings are all counted as pending."""
    club = gym(other=True)
    with transaction.atomic(), scope(company=club.company):
        users = User.objects.bulk_create(
            [User(company=club.company, number=number, last_name=f"Person {number}") for number in range(1, people + 1)]
        )
        Membership.objects.bulk_create([Membership(company=club.company, user=user, group=club.members) for user in users])
        started = time.perf_counter()
        club.tell()
    print(f"  {people:>6} users: filled {people * 2} holdings in {time.perf_counter() - started:.1f} s")
    return club


def change_one(club: Gym, round_: int) -> float:
    """Seconds for one user's change, from the write to the commit of his holdings."""
    with scope(company=club.company):
        user = User.objects.all()[round_ * 3]
        started = time.perf_counter()
        club.rename(user, f"Renamed {round_}")
        return time.perf_counter() - started


def main() -> int:
    """Print both medians and their ratio; fail when it is 2 or more."""
    call_command("migrate", verbosity=0)
    clubs = [company(SMALL), company(LARGE)]
    times: list[list[float]] = [[], []]
    for round_ in range(ROUNDS):  # in turns, so that a noisy moment hits both
        for club, kept in zip(clubs, times, strict=True):
            kept.append(change_one(club, round_))
    small, large = (statistics.median(kept) for kept in times)
    with scope(company=clubs[1].company):
        started = time.perf_counter()
        build_plan(clubs[1].company, Selection())
    print(f"  one user's change: {small * 1e3:.1f} ms of {SMALL}, {large * 1e3:.1f} ms of {LARGE}")
    print(f"  the plan of {LARGE} users, all pending: {(time.perf_counter() - started) * 1e3:.0f} ms")
    print(f"R-10 ratio {large / small:.2f} (must be below {LIMIT})")
    return 0 if large / small < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
