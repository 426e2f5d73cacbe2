"""Runs a benchmark on each database, in a process and with a data folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOOR = 0.4  # of each target


def on_each_database(file: str, chosen: Sequence[str]) -> int:
    """Run `file here` on SQLite and on PostgreSQL, or on those that are chosen; 1 when it failed on one of them."""
    program = [sys.executable, file, "here", *(each for each in chosen if each == "all-cores")]
    commands = {"sqlite": program, "postgresql": [str(ROOT / "scripts/postgres"), *program]}
    missed = 0
    for database in [each for each in chosen if each in commands] or commands:
        data = tempfile.mkdtemp(prefix="doorsync-bench-")
        environment = {**os.environ, "DOORSYNC_DATA": data, "DOORSYNC_DATABASE_URL": "", "DOORSYNC_TEST_DATABASE_URL": ""}
        print(f"On {database}:", flush=True)
        missed |= subprocess.run(commands[database], env=environment, check=False).returncode
        shutil.rmtree(data)
    return missed


def verdict(rates: dict[str, float], peer: str, target: float, floor: float = 0.0) -> bool:
    """Whether the hub answers at least `floor` times as many calls as the peer, by default four tenths of the target."""
    ratio, floor = rates["hub"] / rates[peer], floor or FLOOR * target
    said = "met" if ratio >= target else "MISSED"
    print(f"  hub to {peer}: {ratio:.2f}, target {target} {said}, floor {floor:.1f}", flush=True)
    return ratio >= floor
