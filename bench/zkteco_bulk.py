"""Writing people to a ZKTeco terminal that takes 5 ms for each request: ours, read back, against the loop of pyzk's `set_user`.

The terminal is the emulator, a process of its own; the two take turns, each at an empty one. pyzk is a process too: it is under
the GPL.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import ConnectionSettings
from doorsync.drivers.zkteco.driver import ZktecoDriver
from tests.factories.peer_programs import install_peers

DELAY = 0.005  # seconds for each request
OURS, THEIRS, ROUNDS = 1000, 150, 3  # people
WANTED = 20.0
LOOP = """
import json, sys, time
from zk import ZK
host, port, people = json.load(sys.stdin)
terminal = ZK(host, port=port, timeout=60, ommit_ping=True).connect()
started = time.perf_counter()
for number in range(1, people + 1):
    terminal.set_user(uid=number, name=f"Person {number}", password="1234", user_id=str(number), card=number)
print(time.perf_counter() - started)
terminal.disconnect()
"""


@contextmanager
def terminal() -> Iterator[str]:
    """An empty emulated terminal."""
    command = [sys.executable, "-m", "doorsync.drivers.zkteco.simulator", "--delay", str(DELAY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def ours(address: str) -> float:
    """People a second, each read back."""
    records = [
        Record(
            kind=Kind.USER,
            key=str(number),
            fields={"name": f"Person {number}", "cards": [str(number)], "pin": "1234", "schedules": [], "until": ""},
        )
        for number in range(1, OURS + 1)
    ]
    most = ZktecoDriver.make.records_per_write
    with ZktecoDriver().open(ConnectionSettings(address=address), timeout=60) as session:
        started = time.perf_counter()
        stretches = [records[start : start + most] for start in range(0, OURS, most)]
        accepted = [answer for stretch in stretches for answer in session.put_many(stretch) if not answer.refusal]
        seconds = time.perf_counter() - started
        found = {each.record.key: each.record.fields for each in session.read_all(Kind.USER)}
    assert len(accepted) == OURS
    assert all(found[record.key]["name"] == record.fields["name"] for record in records)
    return OURS / seconds


def theirs(address: str) -> float:
    """People a second; nothing is read back."""
    host, port = address.split(":")
    command = [str(install_peers()), "-c", LOOP]
    done = subprocess.run(
        command, input=json.dumps([host, int(port), THEIRS]), capture_output=True, text=True, timeout=120, check=True
    )
    return THEIRS / float(done.stdout.split()[-1])


def main() -> int:
    """Print both medians and their ratio; fail when it is less than 20."""
    install_peers()
    rates: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for write, kept in zip((ours, theirs), rates, strict=True):
            with terminal() as address:
                kept.append(write(address))
    fast, slow = (statistics.median(kept) for kept in rates)
    print(
        f"  {DELAY * 1e3:.0f} ms a request: {fast:,.0f} people/s in bulk and read back, {slow:,.0f} people/s with pyzk's set_user"
    )
    print(f"ratio {fast / slow:.1f} (must be at least {WANTED:.0f})")
    return 0 if fast / slow >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
