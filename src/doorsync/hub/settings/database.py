"""From the operator's line for PostgreSQL, or the data folder, to what Django needs. libpq itself reads the line.

What is wrong is told without quoting the line: a slip may put the password anywhere in it.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

FORM = "must be like postgresql://user:password@host:port/name, with @ : / ? # % in a password written as %40 %3A %2F %3F %23 %25"
OURS = {"client_encoding": "Doorsync speaks UTF-8 to its database", "replication": "Doorsync needs an ordinary connection"}
PLACES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def parameters(line: str) -> dict[str, str]:
    """Every parameter of libpq that the line sets. Raises ValueError, whose text is for people."""
    try:
        found = {name: str(value) for name, value in conninfo_to_dict(line).items()}
    except (psycopg.Error, UnicodeError):
        raise ValueError(_unknown(line) or FORM) from None
    if slips := [name for name in ("host", "dbname") if "@" in found.get(name, "")]:
        raise ValueError(f"there is an @ in its {'name' if slips == ['dbname'] else 'host'}: it {FORM}")
    if not all(port.isdecimal() or not port for port in found.get("port", "").split(",")):
        raise ValueError(f"its port is not a number: it {FORM}")
    for name in OURS.keys() & found.keys():
        raise ValueError(f"{name} cannot be chosen: {OURS[name]}")
    if not found.keys() & {"dbname", "service"}:
        raise ValueError(f"it names no database and no service: it {FORM}")
    return found


def postgresql(line: str, *, pool: bool) -> dict[str, Any]:
    """Django's entry for the line; whatever libpq knows is handed on to it."""
    found = parameters(line)
    entry: dict[str, Any] = {place: found.pop(name, "") for name, place in PLACES.items()}
    options: dict[str, Any] = {"application_name": "doorsync", **found}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 16}
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": options}


def sqlite(folder: Path) -> dict[str, Any]:
    """Django's entry for the file in the data folder. What was answered is on the disk, and what was deleted is not."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "hub.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON",
        },
    }


def _unknown(line: str) -> str:
    """The option behind the question mark that libpq does not know, if that is what is wrong."""
    known = [option.keyword.decode() for option in pq.Conninfo.get_defaults()] + ["ssl"]
    try:
        names = [name for name, _ in parse_qsl(urlsplit(line).query, keep_blank_values=True)]
    except ValueError:
        return ""
    strange = next((name for name in names if name not in known and re.fullmatch(r"[a-z_]{1,30}", name)), "")
    near = get_close_matches(strange, known, 1)
    return f"PostgreSQL knows no option {strange!r}{f'. Did you mean {near[0]}?' if near else ''}" if strange else ""
