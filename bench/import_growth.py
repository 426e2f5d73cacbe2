"""An import's cost per person stays the same, and another company's token calls go on meanwhile.

A company with 10 terminals imports 1,000, 5,000 and 20,000 people, each with a card and a PIN, while another company's program
asks for sync tokens; then the same file is tried and imported again. `[people...]` are other numbers. SQLite by default.

# requirement: G-02
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

FOLDER = tempfile.TemporaryDirectory(prefix="doorsync-bench-")
os.environ.setdefault("DOORSYNC_DATA", FOLDER.name)
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django  # noqa: E402 - after the settings it reads

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django_scopes import scope  # noqa: E402

from doorsync.hub.administrators.token_issuing import issue_token  # noqa: E402
from doorsync.hub.audit.trail import Actor  # noqa: E402
from doorsync.hub.imports.summary import Summary  # noqa: E402
from doorsync.hub.imports.user_import import Import, prepare_import  # noqa: E402
from tests.factories import world  # noqa: E402

TERMINALS = 10
RATIO = 2.0  # of the cost per person, between the first and the last number
LONGEST = 2.0  # seconds a token call may take at the 95th percentile meanwhile


class Program:
    """Asks for a token of another company, again and again."""

    def __init__(self) -> None:
        self.company = world.other_company()
        self.administrator = world.administrator(self.company)
        self.times: list[float] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> Program:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()

    def _ask(self) -> None:
        while not self.stop.wait(0.05):
            began = time.perf_counter()
            with scope(company=self.company):
                issue_token(self.administrator, Actor(company_id=self.company.pk, via="bench"))
            self.times.append(time.perf_counter() - began)
        connection.close()


def main(counts: list[int]) -> int:
    """Print the times and the verdict; 1 when it is missed."""
    call_command("migrate", verbosity=0)
    costs, waits = [], []
    for count in counts:
        ready = people(count)
        with Program() as program:
            first = timed(partial(ready.write, Summary()))
        waits.append(statistics.quantiles(program.times, n=20)[-1])
        tried, again = timed(ready.preview), timed(partial(ready.write, Summary()))
        costs.append(first / count)
        print(
            f"{count:>6} people x {TERMINALS} terminals: import {first:.1f} s ({count / first:.0f}/s), tried {tried:.1f} s,"
            f" again {again:.1f} s; token call meanwhile p95 {waits[-1] * 1000:.0f} ms of {len(program.times)}",
            flush=True,
        )
    ratio = costs[-1] / costs[0]
    print(f"cost of a person, {counts[-1]} to {counts[0]}: {ratio:.2f} (below {RATIO})")
    return 0 if ratio < RATIO and max(waits) < LONGEST else 1


def timed(work: Callable[[], object]) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def people(count: int) -> Import:
    """A company with terminals and a file of so many people."""
    company = world.company(code=f"{count:032}", slug=f"company-{count}")
    agent, site = world.agent(company), world.location(company)
    doors = [world.terminal(site, agent, f"Door {number}", address=f"127.0.0.1:{number + 1}") for number in range(TERMINALS)]
    world.right(world.group(company), world.zone(company, "All", *doors), world.schedule(company))
    path = Path(FOLDER.name) / f"{count}.csv"
    rows = (f"{number};Ann;Person {number};Members;{10_000_000 + number};{100_000 + number}" for number in range(count))
    path.write_text("\n".join(["id;first_name;last_name;groups;cards;pin", *rows]))
    return prepare_import(company=company, path=path, complete=True, actor=Actor(company_id=company.pk, via="bench"))[0]


if __name__ == "__main__":
    sys.exit(main([int(each) for each in sys.argv[1:]] or [1_000, 5_000, 20_000]))
