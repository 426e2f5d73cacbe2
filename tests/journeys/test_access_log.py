"""From a card at a real terminal to getLogs, on the real programs: over an outage, kills of both sides and a restored backup."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest

from doorsync.drivers.virtual import door
from tests.factories import esws
from tests.factories.patience import PATIENCE
from tests.factories.soap import PATH, XML
from tests.factories.stack import LOCATIONS, Stack, stack, until
from tests.factories.world import SAMPLE_CODE

WITHIN = 2 * PATIENCE  # an agent that found nobody waits ever longer before it tries again


def person(number: int) -> dict[str, Any]:
    return {"id": f"M-{number}", "last_name": f"Person {number}", "groups": ["Members"], "cards": [f"100{number}"]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("log")
    with stack(folder, [person(1), person(2)]) as made:
        made.start_agent()
        made.press()
        until(lambda: all(len(made.people(name)) == 2 for name in LOCATIONS), "two people everywhere")
        yield made


def show(running: Stack, name: str, card: str) -> bool:
    """Whether the door opened."""
    return door.show(running.memory_folder(name), card=card).opened


def log(running: Stack) -> list[tuple[str, str, str]]:
    """Who, where, and whether they were let in, by getLogs as a program calls it."""
    body = esws.written("getLogs", {"p_companyID": SAMPLE_CODE})
    answer = httpx2.post(running.url + PATH, content=body, headers=XML, timeout=PATIENCE)
    rows = [{field.tag: field.text or "" for field in item} for item in ElementTree.fromstring(answer.text).iter("item")]
    return sorted((row["UserID"], row["TerminalName"], row["Success"]) for row in rows if row["scanID"] != "0")


def kill(running: Stack, *names: str) -> None:
    for name in names:
        process = running.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)


@pytest.mark.requirement("R-02", mutation="ask_anew() left out of a new hello: after the restore two events stayed away")
def test_each_event_is_in_the_log_once_whatever_happens_between(running: Stack) -> None:
    assert show(running, "Gate", "1001")
    wanted = [("M-1", "Gate", "1")]
    until(lambda: log(running) == wanted, "the first event in getLogs", WITHIN)

    kill(running, "agent", "hub")
    assert show(running, "Gate", "1002")
    assert not show(running, "Pool", "9999")
    running.start_hub()
    running.start_agent()
    wanted = sorted([*wanted, ("M-2", "Gate", "1"), ("", "Pool", "0")])
    until(lambda: log(running) == wanted, "what happened during the outage", WITHIN)

    backup = running.folder / "backup.sqlite3"
    with closing(sqlite3.connect(running.folder / "hub/hub.sqlite3")) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    assert show(running, "Office", "1001")
    assert show(running, "Office", "1002")
    wanted = sorted([*wanted, ("M-1", "Office", "1"), ("M-2", "Office", "1")])
    until(lambda: log(running) == wanted, "what happened after the backup", WITHIN)

    running.end("hub")
    for rest in running.folder.glob("hub/hub.sqlite3-*"):
        rest.unlink()
    shutil.copy(backup, running.folder / "hub/hub.sqlite3")
    running.start_hub()
    until(lambda: log(running) == wanted, "everything again after the restore", WITHIN)
