"""Random calls of the SOAP service's operations on users: answers, people and what every door is to hold are as plain rules say.

`bench/esws_random_calls.py [count] [--first N] [--minutes M]` makes so many calls, seeds from N on, in two processes, until the
time is up; half of the seeds are companies of the type Branches. Needs PYTHONPATH=. as in scripts/bench.

# requirement: I-06
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

COUNT, PER_SEED, MINUTES, WORKERS = 10_000, 250, 9.5, 2
MEMORY = "/dev/shm"  # where there is one, the databases need no disk

Found = tuple[int, Counter[str], list[str]]  # calls, what they answered, mismatches


def set_up(folder: str) -> None:
    """A hub of its own for this process."""
    os.environ["DOORSYNC_DATA"] = tempfile.mkdtemp(dir=folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
    import django
    import structlog

    django.setup()
    from django.core.management import call_command

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    call_command("migrate", verbosity=0)


def run(seed: int, until: float) -> Found:
    """The calls of one seed, which leave no trace."""
    from django.db import transaction

    from tests.hub.esws.random_calls import Calls, Mismatch

    if time.time() > until:
        return 0, Counter(), []
    with transaction.atomic():
        calls = Calls(seed, branches=seed % 2 == 0)
        try:
            calls.run(PER_SEED)
        except Mismatch as mismatch:
            return len(calls.story), calls.happened, [str(mismatch)]
        finally:
            transaction.set_rollback(True)
    return len(calls.story), calls.happened, []


def main() -> int:
    """0 when all calls came to what the rules say."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("count", type=int, nargs="?", default=COUNT)
    options.add_argument("--first", type=int, default=1)
    options.add_argument("--minutes", type=float, default=MINUTES)
    asked = options.parse_args()
    folder = tempfile.mkdtemp(dir=MEMORY if Path(MEMORY).is_dir() else None)
    seeds = range(asked.first, asked.first - (-asked.count // PER_SEED))
    until = time.time() + 60 * asked.minutes
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(WORKERS, context, set_up, (folder,)) as pool:
            found = list(pool.map(run, seeds, [until] * len(seeds)))
    finally:
        shutil.rmtree(folder)
    answers = sum((each for _, each, _ in found), Counter[str]())
    mismatches = [text for *_, some in found for text in some]
    print(f"{sum(count for count, *_ in found):,} calls, {len(mismatches)} mismatches")
    for answer, count in answers.most_common():
        print(f"{count:7,}  {answer}")
    print("\n\n".join(mismatches[:5]))
    return 1 if mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
