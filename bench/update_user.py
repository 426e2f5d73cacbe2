"""updateUser of users whose names differ, beside PHP's SoapServer and spyne doing the same work on the same database, in turns.

The same work: company, user, groups and the card's owner are looked up, the name is written, what each of 10 terminals should
hold of the user is worked out and written where it differs, and an entry is added to a hash chain; one transaction on the disk.
Each server has one core, the machine's first, for all its processes, as in `token_call`; callers have another. A target that is
missed is said. It fails where the hub answers fewer than four tenths of a peer's calls, so that a hub that became slower is
noticed. `sqlite` or `postgresql` as an argument runs only that one.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).parent
os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
sys.path.insert(0, str(HERE.parent))

from peers.databases import on_each_database, verdict  # noqa: E402 - after the path
from user_calls import call_all, make_doors, person  # noqa: E402

CALLERS, PEOPLE, ROUNDS = 8, 400, 3
FLOOR = 0.4  # of a peer's rate; the targets are missed
TARGETS = {"PHP SoapServer": 2.0, "spyne": 4.0}


def compare() -> int:
    """Print the rates on the database of the environment; 1 when a ratio is below its floor."""
    from peers import servers

    servers.prepare()
    make_doors()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with ExitStack() as running:
        each_of = (server(one_core=True) for server in (servers.hub, servers.php, servers.spyne))
        ports = dict(zip(("hub", *TARGETS), map(running.enter_context, each_of), strict=True))
        rate(ports["hub"], "First")
        rounds = [{name: rate(port, f"{name[0]}{number}") for name, port in ports.items()} for number in range(ROUNDS)]
    rates = {name: statistics.median(each[name] for each in rounds) for name in ports}
    for name, each in rates.items():
        print(f"  {name:16}{each:7.0f} calls/s", flush=True)
    verdicts = [verdict(rates, peer, target, FLOOR) for peer, target in TARGETS.items()]  # each is printed
    return int(not all(verdicts))


def rate(port: int, first_name: str) -> float:
    """Calls a second that give everybody this first name, by some callers at the same time."""
    messages: Sequence[bytes] = [person(number, first_name) for number in range(1, PEOPLE + 1)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as callers:
        answered = sum(callers.map(lambda some: call_all(port, some), [messages[number::CALLERS] for number in range(CALLERS)]))
    return answered / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(compare() if "here" in sys.argv else on_each_database(__file__, sys.argv[1:]))
