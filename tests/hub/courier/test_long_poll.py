"""Agents that wait for work: woken at once, by any process, and never for nothing."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django_scopes import scope

from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.courier import dispatch, long_poll
from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(hub: LiveHub) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


def ask(hub: LiveHub, body: object) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{hub.url}{long_poll.PATH}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))


@contextmanager
def waiting_at(hub: LiveHub, there: Counterpart) -> Iterator[list[dict[str, Any]]]:
    """The agent waits while the block runs; at its end the hub has answered."""
    answers: list[dict[str, Any]] = []
    waiter = threading.Thread(target=lambda: answers.append(ask(hub, {"agent": there.agent.public_id, "nonce": there.nonce})))
    waiter.start()
    yield answers
    waiter.join(PATIENCE)


def until(true: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_waiting_agent_is_woken_by_the_press(hub: LiveHub, club: Gym) -> None:
    there = Counterpart(club.agent)
    there.hello()
    with waiting_at(hub, there) as answers:
        until(lambda: waiters._waiting.get(club.agent.public_id))
        start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)

    assert answers == [{"work": True}], "woken: a wait that times out says False"
    assert not waiters._waiting


def test_work_that_is_there_already_does_not_wait(hub: LiveHub, club: Gym) -> None:
    there = Counterpart(club.agent)
    there.hello()
    start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)

    assert ask(hub, {"agent": club.agent.public_id, "nonce": there.nonce}) == {"work": True}


def test_without_work_the_wait_ends_by_itself(hub: LiveHub, club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_poll, "LONGEST", 0.2)
    there = Counterpart(club.agent)
    there.hello()

    assert ask(hub, {"agent": club.agent.public_id, "nonce": there.nonce}) == {"work": False}


def test_old_nonce_means_hello_and_a_stranger_is_refused(hub: LiveHub, club: Gym) -> None:
    Counterpart(club.agent).hello()

    assert ask(hub, {"agent": club.agent.public_id, "nonce": "0" * 32}) == {"work": True}
    assert ask(hub, {"agent": "nobody", "nonce": "0" * 32})["error"] == "wrong-agent"
    for text in ("é", "\ud800", "\x00"):
        assert (
            ask(hub, {"agent": club.agent.public_id, "nonce": text})
            == ask(hub, {"agent": text, "nonce": ""})
            == {"error": "malformed"}
        )
    assert ask(hub, []) == ask(hub, {}) == ask(hub, {"agent": "x" * 2000, "nonce": ""}) == {"error": "malformed"}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's connections go back to their pool")
def test_waits_do_not_open_the_database_anew_each_time(hub: LiveHub, club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_poll, "LONGEST", 0.01)
    there = Counterpart(club.agent)
    there.hello()
    opened: list[str] = []

    def note(**_: Any) -> None:
        opened.append(threading.current_thread().name)

    connection_created.connect(note)
    try:
        answers = [ask(hub, {"agent": club.agent.public_id, "nonce": there.nonce}) for _ in range(12)]
    finally:
        connection_created.disconnect(note)

    assert answers == [{"work": False}] * 12
    assert sum(name.startswith("courier-wait") for name in opened) <= 4, "one for each thread of the pool"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL tells it: see the next test")
def test_work_of_another_process_is_seen_in_sqlites_file(hub: LiveHub, club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line that removes somebody opens a run in a process of its own, which wakes nobody here."""
    there = Counterpart(club.agent)
    there.hello()
    run = start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    there.work()
    assert not dispatch.has_open_run_terminals(club.agent)
    monkeypatch.setattr(long_poll, "LONGEST", PATIENCE)
    with waiting_at(hub, there) as answers:
        until(lambda: waiters._waiting.get(club.agent.public_id))
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=PATIENCE)) as other, other:
            other.execute("UPDATE sync_runterminal SET state = 'waiting' WHERE run_id = ?", [run.pk])
            other.execute("UPDATE sync_run SET closed_at = NULL WHERE id = ?", [run.pk])

    assert answers == [{"work": True}]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's file is looked at: see the test before")
def test_other_hub_process_wakes_its_agents(club: Gym, transactional_db: None) -> None:
    """The agent waits at a hub process of its own, which did not see the press."""
    there = Counterpart(club.agent)
    with hub_process() as other:
        there.hello()  # after its start: a hub process that starts wants to hear of all terminals anew
        with waiting_at(other, there) as answers:
            until(lambda: Agent.objects.get(pk=club.agent.pk).waited_at)
            start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
            until(lambda: answers)

    assert answers == [{"work": True}], "woken: a wait that times out says False"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's file is looked at: see above")
@pytest.mark.requirement("I-06", mutation="readiness.start_django() no longer importing courier.calling")
def test_command_wakes_the_agent_that_waits_at_the_hub(transactional_db: None, tmp_path: Path) -> None:
    """A command that removes somebody is a process of its own, and no server: it must tell the hub all the same."""
    club = gym(["Alice", "Bob"])
    with scope(company=club.company):
        User.objects.filter(last_name="Alice").update(external_id="4711")
        file = tmp_path / "people.csv"
        file.write_text("id\n4711\n")
        there = Counterpart(club.agent)
        with hub_process() as hub:
            there.hello()
            start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
            there.work()
            with waiting_at(hub, there) as answers:
                until(lambda: Agent.objects.get(pk=club.agent.pk).waited_at)
                remove = ["user", "import", str(file), "--company", club.company.slug, "--complete", "--yes"]
                subprocess.run([sys.executable, "-m", "doorsync", *remove], env=on_this_database(), check=True)
                until(lambda: answers)

    assert answers == [{"work": True}], "woken: a wait that times out says False"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_agent_that_is_back_waits_its_turn_without_its_row(club: Gym, transactional_db: None) -> None:
    """A hello of the same agent takes the turn first and then the row: in the other order the two would wait for each other."""
    there = Counterpart(club.agent)
    there.hello()
    Agent.objects.update(waited_at=None)
    said: list[bool] = []

    def ask_for_work() -> None:
        with closing(connection):
            said.append(long_poll.has_work(there.agent.public_id, there.nonce))

    waiter = threading.Thread(target=ask_for_work)
    with transaction.atomic():
        lock_company(club.company)
        waiter.start()
        until(someone_waits_for_a_turn)
        Agent.objects.select_for_update(nowait=True).get(pk=club.agent.pk)
    waiter.join(PATIENCE)
    assert said


def someone_waits_for_a_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def on_this_database() -> dict[str, str]:
    """The environment of a command that works on the database of the test."""
    at = connection.settings_dict
    database = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    return {**os.environ, "DOORSYNC_DATABASE_URL": database, "DOORSYNC_PORT": "0"}


@contextmanager
def hub_process() -> Iterator[LiveHub]:
    """Another process of the same hub, on the database of the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "doorsync", "hub", "run"], env=on_this_database(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        hub = LiveHub(url=process.stdout.readline().split()[-1])
        assert ask(hub, {}) == {"error": "malformed"}  # it tells its address first, and answers once it has begun its epoch
        yield hub
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
