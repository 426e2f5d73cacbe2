"""Random schedules of events and faults between door and access log: none may be lost, doubled or changed.

`bench/event_fault_schedules.py [count] [--first N]` runs as many seeds from N on in one process. Needs PYTHONPATH=. as in
scripts/bench.

# requirement: R-02
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

COUNT, STEPS = 150, 40
MEMORY = "/dev/shm"  # where there is one, the databases need no disk


def main() -> int:
    """Print how many schedules, how often each step was taken, and each violation with its seed; 1 when there is any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=COUNT)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="doorsync-bench-", dir=MEMORY if Path(MEMORY).is_dir() else None))
    try:
        return run(range(asked.first, asked.first + asked.count), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(seeds: range, folder: Path) -> int:
    """These schedules on a hub of their own."""
    os.environ["DOORSYNC_DATA"] = str(folder / "hub")
    os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    from tests.hub.events.schedules import Violation, run_schedule

    started, happened, violations = time.monotonic(), Counter[str](), 0
    for seed in seeds:
        with transaction.atomic():
            try:
                schedule = run_schedule(folder / "schedule", seed, STEPS)
                happened += Counter(schedule.story) + Counter(events=len(schedule.shown), unread=len(schedule.readable_lost))
            except Violation as violation:
                violations += 1
                print(f"  {violation}", flush=True)
            transaction.set_rollback(True)
    for step, times in sorted(happened.items()):
        print(f"  {step:<32} {times:>6}")
    print(f"{len(seeds)} schedules in {time.monotonic() - started:.0f} s: {violations} violations (must be 0)")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
