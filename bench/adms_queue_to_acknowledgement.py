"""People a second from the queue to the acknowledgement, at a device side that another author wrote and that calls the station.

It is a process of its own and polls again 20 ms after it had nothing to do. A real terminal polls every 10 seconds, and writes to
flash.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from doorsync.domain.record import Kind, Record
from doorsync.drivers.adms.driver import AdmsDriver
from doorsync.drivers.contract import ConnectionSettings, StationContext
from tests.factories.peer_programs import install_peers

PEOPLE, ROUNDS, WANTED = 2000, 3, 1000.0
SERIAL = "SIM0001"
DEVICE = "tests/drivers/adms/peers/call.py"


def write(driver: AdmsDriver, first: int) -> float:
    """People a second."""
    records = [
        Record(
            kind=Kind.USER,
            key=str(number),
            fields={"name": f"Person {number}", "cards": [str(number)], "pin": "1234", "schedules": [], "until": ""},
        )
        for number in range(first, first + PEOPLE)
    ]
    most = driver.make.records_per_write
    with driver.open(ConnectionSettings(address=SERIAL, options={"blind": "yes"}), timeout=60) as session:
        started = time.perf_counter()
        stretches = [records[start : start + most] for start in range(0, PEOPLE, most)]
        accepted = [answer for stretch in stretches for answer in session.put_many(stretch) if not answer.refusal]
        seconds = time.perf_counter() - started
    assert len(accepted) == PEOPLE
    return PEOPLE / seconds


def main() -> int:
    """Print the median; fail when it is less than 1,000."""
    driver = AdmsDriver()
    context = StationContext(
        folder=Path(tempfile.mkdtemp(prefix="doorsync-bench-")), listen="127.0.0.1:0", on_reconnected=lambda _: None
    )
    with driver.start(context):
        given = {"address": driver.listens, "serial": SERIAL, "firmware": "push2", "fail_commands": {}, "ack": True}
        command = [str(install_peers()), DEVICE]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            rate = statistics.median(write(driver, 1 + PEOPLE * number) for number in range(ROUNDS))
            held = json.loads(process.communicate(timeout=60)[0].splitlines()[-1])["users"]
    assert len(held) == PEOPLE * ROUNDS
    print(f"{rate:,.0f} people/s from queue to acknowledgement (must be at least {WANTED:,.0f})")
    return 0 if rate >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
