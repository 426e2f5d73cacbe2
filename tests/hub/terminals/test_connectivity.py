"""Silent agents: said within two minutes, once, and taken back when they are heard of again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.courier.long_poll import has_work
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run import scheduler
from doorsync.hub.terminals.agent_status import agents_with_status
from doorsync.hub.terminals.connectivity import note_silence
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)  # 14:00 in Amsterdam


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """An agent that waited at the hub at noon."""
    made = Counterpart(club.agent)
    with time_machine.travel(NOON, tick=False):
        made.hello()
        assert has_work(club.agent.public_id, made.nonce) is False
    return made


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


def events() -> list[str]:
    return list(Entry.objects.filter(event__in=("agent.silent", "agent.heard-again")).values_list("event", flat=True))


def test_silence_is_noted_once_and_within_two_minutes(there: Counterpart) -> None:
    assert note_silence(after(seconds=60)) == 0
    assert note_silence(after(seconds=120) - timedelta(seconds=scheduler.EVERY)) == 1
    assert note_silence(after(minutes=10)) == 0
    assert events() == ["agent.silent"]


def test_an_agent_that_is_back_is_noted_once_and_may_go_silent_again(there: Counterpart, club: Gym) -> None:
    note_silence(after(minutes=3))
    with time_machine.travel(after(minutes=5), tick=False):
        there.hello()
        has_work(club.agent.public_id, there.nonce)
    assert [note_silence(after(minutes=minute)) for minute in (5.1, 5.2, 8, 9)] == [1, 0, 1, 0]
    assert events() == ["agent.silent", "agent.heard-again", "agent.silent"]


def test_an_agent_that_dials_out_no_more_is_missed_by_nobody(there: Counterpart) -> None:
    note_silence(after(minutes=3))
    there.dials_out = False
    with time_machine.travel(after(minutes=5), tick=False):
        there.hello()
    assert note_silence(after(minutes=30)) == 0
    assert events() == ["agent.silent"]


def test_the_clock_of_the_hub_looks_for_it(there: Counterpart, monkeypatch: pytest.MonkeyPatch) -> None:
    class Once:
        turns = iter([False, True])

        def wait(self, seconds: float) -> bool:
            return next(self.turns)

    with time_machine.travel(after(minutes=3), tick=False):
        scheduler.run_scheduler(Once())  # type: ignore[arg-type]  # an event that lets one turn through
    assert events() == ["agent.silent"]


def test_an_agent_that_only_a_browser_carries_for_is_never_silent(club: Gym) -> None:
    with time_machine.travel(NOON, tick=False):
        Counterpart(club.agent).hello()
    assert note_silence(after(hours=5)) == 0
    assert build_plan(club.company, Selection()).notices == ()
    assert "A browser carried for it" in agents_with_status(after(hours=5))[0].told


def test_an_agent_at_work_is_not_silent_though_it_does_not_wait(there: Counterpart) -> None:
    with time_machine.travel(after(minutes=4), tick=False):
        there.hello()
        there.work()
    assert note_silence(after(minutes=5)) == 0
