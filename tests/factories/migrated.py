"""An empty database with all tables, made once for a whole run: who starts on a copy has nothing to migrate."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from tests.factories.patience import PATIENCE
from tests.factories.programs import Said

FILE = "hub.sqlite3"
SHARED = "DOORSYNC_TEST_SHARED"  # names the folder of the whole run to its workers


def put_into(data: Path) -> None:
    """Give a data folder a database that no keys belong to yet, unless it has one."""
    if not (data / FILE).exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy_to(data / FILE)


def share(folder: Path) -> None:
    """The workers that start from now on take their copies from this folder; the first that needs one makes it."""
    os.environ[SHARED] = str(folder)


def copy_to(file: Path) -> None:
    """Such a database, as this file."""
    shutil.copy(_template(), file)


@cache
def _template() -> Path:
    shared = Path(os.environ.get(SHARED) or os.environ["DOORSYNC_DATA"])
    ready = shared / "migrated.sqlite3"
    with (shared / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _make(shared / "migrated").rename(ready)
    return ready


def _make(folder: Path) -> Path:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSYNC_", "DJANGO_"))}
    made = Said(
        ["company", "list"], {**kept, "DOORSYNC_DATA": str(folder)}, within=5 * PATIENCE
    )  # all migrations, on a busy machine
    assert made.returncode == 0, made.stderr
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as base:
        base.execute("DELETE FROM companies_keymark")
        base.execute("DELETE FROM sqlite_sequence WHERE name = 'companies_keymark'")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / FILE
