"""People written to a virtual terminal and read back: in bulk, and beside it one by one, in one run.

    bench/agent_bulk_writes.py [PEOPLE]    2,000 people in bulk unless told otherwise, a tenth of them one by one

The agent's own code writes and reads; the terminal is a process of its own, with its memory on the disk.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from doorsync.agent.bulk_writes import bulk_writes, write_all
from doorsync.agent.readback import read_back
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind
from doorsync.drivers.virtual.driver import VirtualDriver
from doorsync.messages.schemas import Order
from tests.factories.terminals import VirtualTerminal, virtual_terminal

BATCH, LEAST = 200, 2000  # orders, people a second
MEMORY = "/dev/shm"  # where there is one, the figure does not depend on a disk


def order(number: int) -> Order:
    """A person with a card and a PIN."""
    fields = {"name": f"Person {number}", "cards": [str(10**9 + number)], "pin": "1234", "schedules": [], "until": ""}
    return Order(do="put", kind=Kind.USER, key=str(number), fields=fields)


def people_a_second(terminal: VirtualTerminal, people: int, most: int) -> float:
    """Write so many people, at most so many together, and read each batch back."""
    began = time.perf_counter()
    for first in range(0, people, BATCH):
        orders = [order(number) for number in range(first, min(first + BATCH, people))]
        with VirtualDriver().open(terminal.settings, timeout=10) as session:
            for numbers in bulk_writes(orders, (), most):
                refused = [each for each in write_all(session, [orders[n] for n in numbers]) if each.refusal]
                assert not refused
            found = read_back(session, orders, list, Capabilities())
            assert len(found.touched) == len(orders)
    return people / (time.perf_counter() - began)


def main() -> int:
    """Print figures; 1 when bulk is too slow."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with (
        tempfile.TemporaryDirectory(prefix="doorsync-bench-", dir=MEMORY if Path(MEMORY).is_dir() else None) as folder,
        virtual_terminal(Path(folder) / "gate", capacity=people) as terminal,
    ):
        single = people_a_second(terminal, max(BATCH, people // 10), 1)
        terminal.empty()
        bulk = people_a_second(terminal, people, VirtualDriver.make.records_per_write)
    print(f"one by one {single:,.0f} people/s; in bulk {bulk:,.0f} people/s, {bulk / single:.1f} times as many")
    return 0 if bulk >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
