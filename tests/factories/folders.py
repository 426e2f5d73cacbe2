"""Where tests keep their files: in memory, because each of their thousands of small transactions would wait for the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 4 * 10**9  # bytes that must be free; containers often have 64 MB


def keep_in_memory() -> None:
    """From now on temporary files of this process and its children are there, unless TMPDIR is set or there is no room."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
