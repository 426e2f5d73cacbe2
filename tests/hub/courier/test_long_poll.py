"""Agents that wait for work: woken at once, by any process, and never for nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django_scopes import scope

from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.courier import long_poll
from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.hub.courier.waiting import ask, until, waiting_at
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(hub: LiveHub) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


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
