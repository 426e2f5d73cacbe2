"""The tests kill a process at the step that they name, at that time that they name, and nowhere else."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

POINT = "crash.point({!r}); print({}, flush=True); "
PASS = "from doorsync import crash; " + POINT.format("a", 1) + POINT.format("a", 2) + POINT.format("b", 3)


@pytest.mark.parametrize(
    ("named", "said", "code"),
    [
        ("a", "", -signal.SIGKILL),
        ("a:2", "1", -signal.SIGKILL),
        ("b", "1 2", -signal.SIGKILL),
        ("c", "1 2 3", 0),
        ("", "1 2 3", 0),
    ],
)
def test_process_dies_at_the_step_that_is_named_and_at_no_other(named: str, said: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PASS], env={"DOORSYNC_CRASH_AT": named}, capture_output=True, text=True, check=False
    )
    assert (" ".join(done.stdout.split()), done.returncode) == (said, code)
