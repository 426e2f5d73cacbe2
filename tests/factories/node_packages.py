"""Packages of npm that tests use, pinned by the lock file beside them."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from pathlib import Path

QUIET = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")


def install_node_packages(folder: Path) -> Path:
    """The `node_modules` of a folder, installed once for each lock file. Other test processes wait meanwhile."""
    packages, lock_file = folder / "node_modules", folder / "package-lock.json"
    stamp, wanted = packages / ".installed", hashlib.sha256(lock_file.read_bytes()).hexdigest()
    with lock_file.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            subprocess.run(["npm", "ci", *QUIET], cwd=folder, check=True, timeout=300, stdout=subprocess.DEVNULL)
            stamp.write_text(wanted)
    return packages
