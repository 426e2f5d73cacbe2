"""Agents that wait are woken for work of another process: by SQLite's file, or by PostgreSQL's NOTIFY."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.hub.courier import dispatch, long_poll
from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.hub.courier.waiting import hub_process, on_this_database, until, waiting_at
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(hub: LiveHub) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


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
