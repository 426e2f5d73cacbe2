"""What `hub check` says of a database, as an operator reads it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.factories.stack import Stack


def test_hub_check_names_wrong_counts_and_a_start_mends_them(tmp_path: Path) -> None:
    made = Stack(tmp_path, cloud=False, terminals={"Gate": "North"})
    try:
        made.addresses = {"Gate": "127.0.0.1:1"}
        made.load([{"id": "1", "last_name": "Alice", "groups": ["Members"]}])
        with closing(sqlite3.connect(tmp_path / "hub/hub.sqlite3")) as base, base:
            base.execute("INSERT INTO sync_holdingcount (company_id, kind, terminal_id, same) VALUES (1, 1, 99, 7)")
        assert "counted wrongly, 1 times" in made.run(["hub", "check"], ends=1)
        made.load([])  # each command that writes begins as the hub does
        assert "The settings are right." in made.run(["hub", "check"])
    finally:
        made.end_all()
