"""Random schedules of faults between hub, agent and terminals: nothing may be false, lost, risen again or out of scope.

`bench/sync_fault_schedules.py [count] [--first N] [--minutes M]` runs as many seeds from N on in two processes, until the time
is up; `--seed N` runs one of them alone and tells its story. Needs PYTHONPATH=. as in scripts/bench.

# requirement: R-01
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

COUNT, MINUTES, WORKERS, PIECE = 10_000, 9.5, 2, 25
MEMORY = "/dev/shm"  # where there is one, the databases need no disk

Found = tuple[int, Counter[str], list[str]]  # schedules, what happened in them, violations


def set_up(folder: str) -> None:
    """A hub of its own for this process."""
    os.environ["DOORSYNC_DATA"] = tempfile.mkdtemp(dir=folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def run(seeds: range, *, aloud: bool = False) -> Found:
    """These schedules. Each begins with the same two doors in sync, and leaves no trace."""
    from django.db import transaction

    from tests.hub.sync.changes import two_doors
    from tests.hub.sync.schedules import Schedule
    from tests.hub.sync.watch import Violation

    happened: Counter[str] = Counter()
    violations = []
    with transaction.atomic():
        club = two_doors()
        for seed in seeds:
            start = transaction.savepoint()
            schedule = Schedule(club.again(), seed)
            try:
                schedule.run()
            except Violation as violation:
                violations.append(str(violation))
            happened += schedule.happened
            print("\n".join(schedule.story) if aloud else "", end="\n" if aloud else "")
            transaction.savepoint_rollback(start)
        transaction.set_rollback(True)
    return len(seeds), happened, violations


def pieces(seeds: range, until: float, folder: str) -> Iterator[Found]:
    """These schedules in pieces, as they are done; none is begun when the time is up."""
    left = iter(seeds[start : start + PIECE] for start in range(0, len(seeds), PIECE))
    running: set[Future[Found]] = set()
    with ProcessPoolExecutor(
        WORKERS, mp_context=multiprocessing.get_context("spawn"), initializer=set_up, initargs=(folder,)
    ) as pool:
        while True:
            while len(running) < WORKERS and time.monotonic() < until and (piece := next(left, None)):
                running.add(pool.submit(run, piece))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def main() -> int:
    """Print how many schedules, how often each fault happened, and each violation with its seed; 1 when there is any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=COUNT)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--seed", type=int)
    asked = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="doorsync-bench-", dir=MEMORY if Path(MEMORY).is_dir() else None)
    started = time.monotonic()
    total, happened, violations = 0, Counter[str](), list[str]()
    try:
        if asked.seed is None:
            found = pieces(range(asked.first, asked.first + asked.count), started + asked.minutes * 60, folder)
        else:
            set_up(folder)
            found = iter([run(range(asked.seed, asked.seed + 1), aloud=True)])
        for number, what, wrong in found:
            total, happened, violations = total + number, happened + what, violations + wrong
            print("".join(f"  {each}\n" for each in wrong), end="", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for fault, times in sorted(happened.items()):
        print(f"  {fault:<20} {times:>6}")
    print(f"R-01 {total} schedules in {time.monotonic() - started:.0f} s: {len(violations)} violations (must be 0)")
    if asked.seed is None and total < asked.count:
        print(f"  The time was up before {asked.count}; --first {asked.first + total} goes on from there.")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
