"""Whole databases for programs that run as processes of their own: a SQLite file in their folder, or one more in PostgreSQL."""

from __future__ import annotations

import os
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

URL = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")


def another(template: str = "template1") -> str:
    """The name of a new database in the tests' PostgreSQL, like the template; empty when the tests run on SQLite."""
    if not URL:
        return ""
    name = f"other_{uuid4().hex}"
    with psycopg.connect(URL, autocommit=True) as base:
        base.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return name


def line(name: str) -> str:
    """What DOORSYNC_DATABASE_URL says for it."""
    return make_conninfo(URL, dbname=name) if name else ""


def execute(name: str, path: object, *statements: str) -> None:
    """Change it behind everybody's back: in PostgreSQL, or in the SQLite file at the path."""
    if name:
        with psycopg.connect(line(name), autocommit=True) as there:
            for statement in statements:
                there.execute(statement.encode())
        return
    import sqlite3

    with sqlite3.connect(str(path)) as file:
        for statement in statements:
            file.execute(statement)
    file.close()


def parts() -> dict[str, str]:
    """Host, port, user and password of the tests' PostgreSQL."""
    return {name: str(value) for name, value in conninfo_to_dict(URL).items()}
