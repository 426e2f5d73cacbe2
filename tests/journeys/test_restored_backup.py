"""A backup of the database is put back, on the real programs: what the hub says of terminals before and after it has asked."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.factories.stack import LOCATIONS, Stack, stack, until


def people(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": f"M-{number}", "last_name": f"Person {number}", "groups": ["Members"]} for number in numbers]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("restored")
    with stack(folder, people(1, 2, 3)) as made:
        made.start_agent()
        made.press()
        until(lambda: all(len(made.people(name)) == 3 for name in LOCATIONS), "three people everywhere")
        until(lambda: is_up_to_date(made), "the page saying so")
        yield made


def page(made: Stack, address: str = "/sync/") -> str:
    """What the page says, without its tags."""
    with made.signed_in() as signed_in:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", signed_in.browser.get(address).text))


def is_up_to_date(made: Stack) -> bool:
    return page(made).count("up to date") >= len(
        LOCATIONS
    ) and "Nothing is waiting: everything sent before is confirmed." in page(made)


@pytest.mark.requirement("I-05", mutation="begin_epoch left out of the hub's start: the first page said up to date")
def test_restored_backup_claims_nothing_until_the_terminals_were_read(running: Stack) -> None:
    database, backup = running.folder / "hub/hub.sqlite3", running.folder / "backup.sqlite3"
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    running.load(people(1, 2, 3, 4, 5))
    running.press()
    until(lambda: all(len(running.people(name)) == 5 for name in LOCATIONS), "five people everywhere")
    until(lambda: is_up_to_date(running), "the page saying so")
    given = {key for name in LOCATIONS for key in running.people(name)}

    running.end("agent")
    running.end("hub")
    for rest in running.folder.glob("hub/hub.sqlite3-*"):
        rest.unlink()
    shutil.copy(backup, database)
    running.start_hub()
    first = page(running)
    assert "Nothing is waiting: everything sent before is confirmed." not in first
    assert first.count("not confirmed since Doorsync started") == len(LOCATIONS)
    assert not re.search(r"(?<!, )up to date", first.split("Recent runs")[0])

    running.start_agent()
    until(lambda: running.query("SELECT 1 FROM sync_batch WHERE whole = 'read' AND status = 'answered'"), "reading by itself")
    until(lambda: not running.query("SELECT 1 FROM terminals_terminal WHERE unread != ''"), "every terminal being read")
    held = "SELECT key FROM sync_holding WHERE kind = 1 AND held IS NOT NULL UNION SELECT key FROM sync_stranger WHERE kind = 1"
    known = {key for (key,) in running.query(held)}
    for name in LOCATIONS:
        assert set(running.people(name)) <= known, "whoever a terminal holds is known to the hub"

    running.load(people(1, 2, 3, 6))
    numbers = {str(number) for (number,) in running.query("SELECT number FROM users_user WHERE external_id = 'M-6'")}
    assert not numbers & given, "a number is not given a second time"
