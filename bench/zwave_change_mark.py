"""How many times faster a lock's own checksums tell that nothing changed than reading everybody does, at Z-Wave JS's mock lock.

Each question is a message on the air, for which the mock takes its time as a lock does. A mark is as good as a reading only for
whether something changed; what is held is believed after a reading alone.
"""

from __future__ import annotations

import statistics
import sys
import time

from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.contract import ConnectionSettings
from doorsync.drivers.zwave.driver import ZwaveDriver
from doorsync.drivers.zwave.session import ZwaveSession
from tests.drivers.zwave.conftest import mock_network

PEOPLE, ROUNDS, WANTED = 100, 3, 50.0


def person(number: int) -> Record:
    """Somebody with a PIN of their own, as a lock wants it."""
    fields: dict[str, Value] = {"name": f"Person {number}", "cards": [], "pin": f"{3000 + number}", "schedules": [], "until": ""}
    return Record(kind=Kind.USER, key=str(number), fields=fields)


def seconds_of_a_mark(session: ZwaveSession) -> float:
    """The median; each mark must be the one before, as nothing is changed."""
    taken, marks = [], set()
    for _ in range(ROUNDS):
        started = time.perf_counter()
        marks.add(session.change_mark())
        taken.append(time.perf_counter() - started)
    assert len(marks) == 1
    return statistics.median(taken)


def main() -> int:
    """Print both and their ratio; fail when it is below 50, or when the mark does not tell a change."""
    with mock_network(slots=PEOPLE) as network:
        settings = ConnectionSettings(address=network.address())
        with ZwaveDriver().open(settings, timeout=60) as session:
            assert isinstance(session, ZwaveSession)
            assert not [answer for answer in session.put_many([person(n) for n in range(1, PEOPLE + 1)]) if answer.refusal]
            mark, before = seconds_of_a_mark(session), session.change_mark()
            started = time.perf_counter()
            found = list(session.read_all(Kind.USER))
            reading = time.perf_counter() - started
            list(session.remove_many(Kind.USER, ["7"]))
            changed = session.change_mark() != before
    assert len(found) == PEOPLE
    ratio = reading / mark
    print(f"{PEOPLE} people read in {reading:.2f} s, marked in {mark:.3f} s: {ratio:.0f} times (must be at least {WANTED:.0f})")
    if not changed:
        print("the mark is the same although somebody is gone")
    return 0 if ratio >= WANTED and changed else 1


if __name__ == "__main__":
    sys.exit(main())
