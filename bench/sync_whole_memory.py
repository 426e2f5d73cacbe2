"""A terminal of many people read whole (Verify) by the real programs: how much memory hub and agent take, and how long it lasts.

    bench/sync_whole_memory.py [PEOPLE]    100,000 people unless told otherwise

# requirement: G-03
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DOORSYNC_DATA"] = str(FOLDER / "hub")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django  # noqa: E402 - after the settings it reads

django.setup()

from django.db import transaction  # noqa: E402
from django_scopes import scope  # noqa: E402

from doorsync.hub.companies.models import Company  # noqa: E402
from doorsync.hub.companies.signals import access_changed  # noqa: E402
from doorsync.hub.users.models import Group, Membership, User  # noqa: E402
from tests.factories.stack import Stack, until  # noqa: E402

PEOPLE, LIMIT = 100_000, 200  # MB
WITHIN = 1800.0  # seconds
SCRIPTS = "Alexandra", "Александра", "Αλεξάνδρα", "אלכסנדרה", "亜歴山大"


def fill_company(count: int) -> None:
    """So many members, in the hub's database."""
    company = Company.objects.get()
    with transaction.atomic(), scope(company=company):
        made = [
            User(company=company, number=1000 + number, external_id=f"p{number}", last_name=f"{SCRIPTS[number % 5]} {number}")
            for number in range(count)
        ]
        users = User.objects.bulk_create(made, 2000)
        group = Group.objects.get()
        Membership.objects.bulk_create([Membership(company=company, user=user, group=group) for user in users], 2000)
        access_changed.send(sender=User, company=company, users=None, actor=None)


def fill_terminal(stack: Stack, count: int) -> None:
    """All of them, as the hub wants them, in the terminal's memory."""
    schedule, hours = stack.query("SELECT number, slots FROM access_timeschedule")[0]
    rows = [(str(1000 + n), f"{SCRIPTS[n % 5]} {n}", "[]", "", json.dumps([str(schedule)]), "") for n in range(count)]
    with sqlite3.connect(stack.memory_folder("Gate") / "memory.sqlite3") as memory:
        memory.executemany("INSERT INTO user (key, name, cards, pin, schedules, until) VALUES (?, ?, ?, ?, ?, ?)", rows)
        memory.execute("INSERT INTO schedule VALUES (?, 'Always', ?)", (str(schedule), json.dumps(sorted(json.loads(hours)))))
    memory.close()


def megabytes(stack: Stack, name: str) -> int:
    """The most that a process has held so far."""
    status = Path(f"/proc/{stack.processes[name].pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def main() -> int:
    """Print figures; 1 when a process took more than 200 MB, or not everybody was confirmed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    stack = Stack(FOLDER, cloud=True, terminals={"Gate": "North"}, capacity=count + 100)
    try:
        stack.start_terminals()
        stack.load([])
        fill_company(count)
        fill_terminal(stack, count)
        stack.start_hub()
        stack.enrol()
        stack.start_agent()
        until(lambda: stack.query("SELECT 1 FROM terminals_agent WHERE waited_at IS NOT NULL"), "the agent waiting")
        before = {name: megabytes(stack, name) for name in ("hub", "agent")}
        started = time.monotonic()
        stack.press(mode="verify")
        until(lambda: not stack.query("SELECT 1 FROM sync_run WHERE closed_at IS NULL"), "the end of the run", WITHIN)
        lasted = time.monotonic() - started
        right = stack.query("SELECT count(*) FROM sync_holding WHERE kind = 1 AND state = 0")[0][0]
        parts = stack.query("SELECT max(parts) FROM sync_batch")[0][0]
        lines = stack.query("SELECT state, message FROM sync_runterminal")
        after = {name: megabytes(stack, name) for name in ("hub", "agent")}
        print(f"G-03 {count:,} people in {parts} parts, {lasted:.0f} s; {right:,} confirmed; {lines}")
        for name, most in after.items():
            print(f"  {name:<6} {before[name]} MB before, {most} MB at most (must be below {LIMIT})")
        return 0 if right == count and max(after.values()) < LIMIT else 1
    finally:
        stack.end_all()


if __name__ == "__main__":
    sys.exit(main())
