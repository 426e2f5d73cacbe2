"""An empty database with all tables, made once for a session: a program that starts on a copy has nothing to migrate."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from tests.factories.programs import Said

FILE = "hub.sqlite3"


def put_into(data: Path) -> None:
    """Give a data folder a database that no keys belong to yet, unless it has one."""
    if not (data / FILE).exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy(_template(), data / FILE)


@cache
def _template() -> Path:
    folder = Path(os.environ["DOORSYNC_DATA"]) / "migrated"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSYNC_", "DJANGO_"))}
    made = Said(["company", "list"], {**kept, "DOORSYNC_DATA": str(folder)})
    assert made.returncode == 0, made.stderr
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as base:
        base.execute("DELETE FROM companies_keymark")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / FILE
