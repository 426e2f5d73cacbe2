"""One-job handles: for one run, one agent and its origin, ten minutes long."""

from __future__ import annotations

import pytest
import time_machine
from django_scopes import scope

from doorsync.hub.sync.models import Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.job_handles import HandleOver, find_job, make_handle
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from tests.factories import world
from tests.factories.gym import Gym, gym

pytestmark = pytest.mark.django_db
ORIGIN = "http://192.168.1.20:8770"


def opened(club: Gym) -> Run:
    Agent.objects.filter(pk=club.agent.pk).update(url=f"{ORIGIN}/")
    club.agent.refresh_from_db()
    choice = Selection(locations=frozenset(location.pk for location in club.locations))
    return start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)


def test_handle_is_good_for_its_run_agent_and_origin() -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        run = opened(club)
        handle = make_handle(run=run, agent=club.agent)
        job = find_job(handle, club.agent, ORIGIN)
        assert (job.run, job.agent, job.done) == (run, club.agent, False)
        for origin in ("", "null", f"{ORIGIN}/", "https://192.168.1.20:8770", "http://192.168.1.20:87700"):
            with pytest.raises(HandleOver):
                find_job(handle, club.agent, origin)


def test_handle_is_no_good_for_another_agent_at_the_same_address() -> None:
    club, other = gym(["Alice"]), gym(["Bob"], other=True)
    with scope(company=club.company):
        handle = make_handle(run=opened(club), agent=club.agent)
        second = world.agent(club.company, "Second", url=ORIGIN)
        with pytest.raises(HandleOver):
            find_job(handle, second, ORIGIN)
    with scope(company=other.company):
        opened(other)
        with pytest.raises(HandleOver):
            find_job(handle, other.agent, ORIGIN)


def test_handle_of_another_companys_run_finds_nothing() -> None:
    club, other = gym(["Alice"]), gym(["Bob"], other=True)
    with scope(company=other.company):
        foreign = opened(other)
    with scope(company=club.company):
        opened(club)
        with pytest.raises(HandleOver):
            find_job(make_handle(run=foreign, agent=club.agent), club.agent, ORIGIN)


@pytest.mark.parametrize("handle", ["", "x", "x:y:z"])
def test_made_up_handle_is_refused(handle: str) -> None:
    club = gym()
    with pytest.raises(HandleOver):
        find_job(handle, club.agent, ORIGIN)


def test_handle_lives_ten_minutes_and_no_second_longer() -> None:
    club = gym(["Alice"])
    with scope(company=club.company), time_machine.travel(1_800_000_000, tick=False) as clock:
        handle = make_handle(run=opened(club), agent=club.agent)
        clock.shift(600)
        assert find_job(handle, club.agent, ORIGIN)
        clock.shift(1)
        with pytest.raises(HandleOver):
            find_job(handle, club.agent, ORIGIN)
