"""Checks that database, keys and this version belong together, without Django and before anything is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

import doorsync.hub
from doorsync.hub.companies import key_marks
from doorsync.hub.entry.errors import NotReady
from doorsync.hub.settings import key_files
from doorsync.hub.settings.config import Config

DJANGOS = {"auth", "contenttypes", "sessions"}  # Django's own apps among ours; "sessions" was one once
PATIENCE = 5  # seconds for PostgreSQL to answer, unless the operator chose others
HELP = "See 'Where the keys lie' in docs/how-to/run-it-for-real.md."
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)"
    " AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
}

Ask = Callable[[str], list[tuple[Any, ...]]]


def check_database(known: Config) -> set[tuple[str, str]]:
    """Return the migrations that an existing database lacks. Raises NotReady for another program's or another hub's database."""
    with ask_database(known) as ask:
        tables = {name for (name,) in ask(TABLES[database_vendor(known)])} if ask else set()
        if not ask or not tables:
            return set()  # a new one
        applied = _applied(ask, tables)
        check_keys(ask, tables)
    return known_migrations() - applied


def check_keys(ask: Ask, tables: set[str]) -> None:
    """Check that the keys with which this database was made are there. Raises NotReady."""
    if "companies_company" not in tables:
        return
    kept: dict[str, bytes] = dict(ask("SELECT name, mark FROM companies_keymark")) if "companies_keymark" in tables else {}
    sealed = [bytes(key) for (key,) in ask("SELECT sealed_key FROM companies_company LIMIT 1")]
    needed = set(kept) | (set(key_marks.NAMES) if sealed else set())
    enrolled = "terminals_agent" in tables and ask("SELECT 1 FROM terminals_agent WHERE keys IS NOT NULL LIMIT 1")
    files = [f"{name}.key" for name in sorted(needed)] + (["agents.json"] if enrolled else [])
    if missing := [name for name in files if not key_files.is_there(name)]:
        raise NotReady(
            f"The database was made with keys that are not in {key_files.place()}: {', '.join(missing)} missing. Put that folder"
            f" back from its backup; without it cards, PINs and codes cannot be read. {HELP}"
        )
    wrong = [name for name in sorted(needed) if name in kept and bytes(kept[name]) != key_marks.key_mark(name)]
    if sealed and not key_marks.opens_key(sealed[0]):
        wrong = sorted({*wrong, "kek"})
    if wrong:
        raise NotReady(
            f"The keys in {key_files.place()} are not those that the database was made with: {', '.join(wrong)} differ."
            f" Put the right folder back, or set DOORSYNC_DATABASE_URL or DOORSYNC_DATA to the database of these keys. {HELP}"
        )


def known_migrations() -> set[tuple[str, str]]:
    """App and name of every migration that this version knows."""
    hub = Path(doorsync.hub.__path__[0])
    return {(path.parts[-3], path.stem) for path in hub.glob("*/migrations/[0-9]*.py")}


@contextmanager
def ask_database(known: Config) -> Iterator[Ask | None]:
    """Run a query; None when there is no database yet. Raises NotReady when it does not answer."""
    line = known.database_url.get_secret_value()
    path = known.data / "hub.sqlite3"
    if not line and (not path.exists() or not path.stat().st_size):
        yield None
        return
    try:
        if line:
            with psycopg.connect(_patient(line), autocommit=True) as postgresql:
                yield lambda sql: postgresql.execute(sql).fetchall()
        else:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=20)) as base:
                yield lambda sql: base.execute(sql).fetchall()
    except psycopg.Error as error:
        raise NotReady(f"DOORSYNC_DATABASE_URL: the database cannot be used: {_first_line(error)}") from None
    except sqlite3.Error as error:
        raise NotReady(f"The database {path} cannot be used: {_first_line(error)}.") from None


def _applied(ask: Ask, tables: set[str]) -> set[tuple[str, str]]:
    """The migrations applied to the database. Raises NotReady when it is another program's, or a newer version's."""
    applied = set(ask("SELECT app, name FROM django_migrations")) if "django_migrations" in tables else set()
    known, apps = known_migrations(), {app for app, _ in applied}
    others = apps - DJANGOS - {app for app, _ in known}
    if not applied or "auth_user" in tables or (others and not apps & {"companies"}):
        some = ", ".join(sorted(tables)[:3])
        raise NotReady(
            f"This database is another program's: it holds {some}{' and others' if len(tables) > 3 else ''}, and nothing of"
            " Doorsync. Give Doorsync a database of its own: DOORSYNC_DATABASE_URL, or DOORSYNC_DATA."
        )
    newer = sorted(f"{app}.{name}" for app, name in applied - known if app not in DJANGOS)
    if newer:
        raise NotReady(
            f"This database was brought up to date by a newer Doorsync ({', '.join(newer[:3])}). Install that version again, or"
            " put back the backup that was made before the upgrade."
        )
    return applied


def database_vendor(known: Config) -> str:
    """Which kind of database the settings name."""
    return "postgresql" if known.database_url.get_secret_value() else "sqlite"


def _patient(line: str) -> str:
    return line if "connect_timeout" in line else make_conninfo(line, connect_timeout=PATIENCE)


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
