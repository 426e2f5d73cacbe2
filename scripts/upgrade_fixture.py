"""Keeps an installation of this version for the tests of upgrades: SQLite file, PostgreSQL dump, keys, agent and terminals.

Run it once for each release, from the root of the repository, and never again for the same one:
scripts/postgres .venv/bin/python -m scripts.upgrade_fixture
"""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-kept-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django

django.setup()

from doorsync import __version__  # noqa: E402 - after Django is set up
from tests.factories import databases  # noqa: E402 - after Django is set up
from tests.factories.stack import Stack, until  # noqa: E402 - after Django is set up
from tests.upgrade.kept import FOLDER, PEOPLE, TERMINALS  # noqa: E402 - after Django is set up

LEFT_OUT = shutil.ignore_patterns("*.lock", "lock", "*-wal", "*-shm", "*-journal", "log", "status.json", "migrating.lock")


def main() -> None:
    """Make the folder of this version."""
    target = FOLDER / __version__
    if target.exists():
        sys.exit(f"{target} is there already: what was kept of a release is never made anew.")
    if not databases.URL:
        sys.exit("Run it beside PostgreSQL: scripts/postgres .venv/bin/python -m scripts.upgrade_fixture")
    for kind, database in (("sqlite", ""), ("postgresql", databases.another())):
        with tempfile.TemporaryDirectory() as folder:
            _keep(Path(folder), target / kind, database)


def _keep(folder: Path, target: Path, database: str) -> None:
    made = Stack(folder, cloud=True, terminals=TERMINALS)
    made.hub_environment["DOORSYNC_DATABASE_URL"] = databases.line(database)
    try:
        made.start_terminals()
        made.load(PEOPLE)
        made.start_hub()
        made.enrol()
        made.start_agent()
        made.press()
        until(lambda: all(len(made.people(name)) == len(PEOPLE) for name in TERMINALS), "the first sync")
        until(lambda: made.processes["hub"].poll() is None and "batch is answered" in made.log("agent"), "the receipts")
    finally:
        made.end_all()
    target.mkdir(parents=True)
    for name in ("agent", "terminals", "hub/keys"):
        shutil.copytree(folder / name, target / name, ignore=LEFT_OUT)
    (target / "database.gz").write_bytes(gzip.compress(_dump(folder / "hub/hub.sqlite3", database), mtime=0))


def _dump(file: Path, database: str) -> bytes:
    if database:
        words = ["pg_dump", "--no-owner", "--no-privileges", "--inserts", "--dbname", databases.line(database)]
        dumped = subprocess.run(words, capture_output=True, check=True).stdout  # noqa: S603  # our own words
        return b"".join(line for line in dumped.splitlines(keepends=True) if not line.startswith(b"\\"))  # those are psql's own
    copy = file.with_name("copy")
    with closing(sqlite3.connect(file)) as base:
        base.execute("VACUUM INTO ?", [str(copy)])
    return copy.read_bytes()


if __name__ == "__main__":
    main()
