"""Many new people on one terminal, from the press to what was read back, confirmed in the hub, by the real programs.

    bench/sync_press_rate.py [PEOPLE]    10,000 people unless told otherwise

The target of 2,000 people a second is that of a machine with nothing else to do; the processor time of hub, agent and terminal
for each person does not depend on that, and is what the benchmark holds to.

# requirement: R-04
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DOORSYNC_DATA"] = str(FOLDER / "hub")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django  # noqa: E402 - after the settings it reads

django.setup()

from sync_whole_memory import fill_company  # noqa: E402 - after Django is set up

from tests.factories.stack import Stack, until  # noqa: E402

PEOPLE, TARGET = 10_000, 2_000  # the target is people a second
MOST_CPU = 1.3e-3  # seconds for each person, of all three processes together
WITHIN = 560.0  # seconds
PROGRAMS = "hub", "agent", "Gate"


def met(reached: bool) -> str:
    """The verdict."""
    return "MET" if reached else "MISSED"


def main() -> int:
    """Print the rate and where the time went; 1 when it was missed or somebody is not confirmed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    stack = Stack(FOLDER, cloud=True, terminals={"Gate": "North"}, capacity=count + 100)
    try:
        stack.start_terminals()
        stack.load([])
        fill_company(count)
        stack.start_hub()
        stack.enrol()
        stack.start_agent()
        until(lambda: stack.query("SELECT 1 FROM terminals_agent WHERE waited_at IS NOT NULL"), "the agent waiting")
        before = {name: stack.processor_time(name) for name in PROGRAMS}
        pressed = time.monotonic()
        stack.press()
        until(lambda: not stack.query("SELECT 1 FROM sync_run WHERE closed_at IS NULL"), "the end of the run", WITHIN)
        lasted = time.monotonic() - pressed
        worked = {name: stack.processor_time(name) - before[name] for name in PROGRAMS}
        right = stack.query("SELECT count(*) FROM sync_holding WHERE kind = 1 AND state = 0")[0][0]
        batches = stack.query("SELECT count(*) FROM sync_batch")[0][0]
        held = len(stack.people("Gate"))
    finally:
        stack.end_all()
    each = sum(worked.values()) / count
    print(f"R-04 {count:,} people in {batches} batches, {lasted:.1f} s: {count / lasted:,.0f} a second; {right:,} confirmed")
    print(
        "  processor time for each person: " + ", ".join(f"{name} {time / count * 1e3:.2f} ms" for name, time in worked.items())
    )
    print("  load of the machine {:.1f}, {:.1f}, {:.1f}".format(*os.getloadavg()))
    rate, work = TARGET * lasted / count, each / MOST_CPU
    print(f"R-04 ratio of the target of {TARGET:,} a second to the rate: {rate:.2f} (at most 1): {met(rate <= 1)}")
    print(f"R-04 ratio of processor time to {MOST_CPU * 1e3:.1f} ms a person: {work:.2f} (at most 1): {met(work <= 1)}")
    return 0 if right == held == count and each <= MOST_CPU else 1


if __name__ == "__main__":
    sys.exit(main())
