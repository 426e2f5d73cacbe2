"""How many event streams may be open, and what the ones that are one too many hear."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack

import httpx2
import pytest
from django_scopes import scope

from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.web.event_streams import EACH, Streams, in_thread, pool
from tests.factories import soap
from tests.factories.gym import gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.factories.visitor import Visitor, session_of, token_for
from tests.hub.sync.counterpart import Counterpart


def test_newest_streams_of_a_session_stay_and_other_sessions_are_left_alone() -> None:
    streams = Streams(each=3, together=100)
    with ExitStack() as held:
        other = held.enter_context(streams.opened("bob"))
        mine = [held.enter_context(streams.opened("alice")) for _ in range(5)]
        assert [each.is_set() for each in mine] == [True, True, False, False, False]
        assert not other.is_set()


def test_streams_of_all_sessions_together_are_bounded() -> None:
    streams = Streams(each=3, together=4)
    with ExitStack() as held:
        opened = [held.enter_context(streams.opened(f"session {number}")) for number in range(6)]
        assert [each.is_set() for each in opened] == [True, True, False, False, False, False]
    with ExitStack() as held:
        assert not [each for each in [held.enter_context(streams.opened("a")) for _ in range(3)] if each.is_set()]


@pytest.mark.django_db(transaction=True)  # the threads look after their connections
def test_windows_of_one_session_and_run_share_a_look() -> None:
    looks: list[str] = []

    def look() -> str:
        looks.append(threading.current_thread().name)
        return "seen"

    async def many() -> list[str]:
        streams = Streams()
        return await asyncio.gather(*(streams.look(("alice", run), 60.0, look) for run in ["one"] * 8 + ["two"] * 8))

    assert asyncio.run(many()) == ["seen"] * 16
    assert len(looks) == 2


@pytest.mark.django_db(transaction=True)
def test_stream_that_opens_right_after_a_retry_is_not_ended_by_what_was_seen_before() -> None:
    states = ["over", "running", "running"]

    async def before_and_after() -> list[str]:
        streams = Streams()
        before = await streams.look(("alice", "run"), 60.0, lambda: states.pop(0))
        after = await streams.fresh_at_the_end(("alice", "run"), 60.0, lambda: states.pop(0), lambda seen: seen == "over")
        shared = await streams.fresh_at_the_end(("alice", "run"), 60.0, lambda: states.pop(0), lambda seen: seen == "over")
        return [before, after, shared]

    assert asyncio.run(before_and_after()) == ["over", "running", "running"]
    assert states == ["running"], "what goes on is still shared"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("S-04", mutation="a pool of 300 threads for looks")
def test_looks_have_two_threads_of_their_own_however_many_there_are() -> None:
    names: set[str] = set()
    both = threading.Barrier(2, timeout=PATIENCE)

    def look() -> None:
        names.add(threading.current_thread().name)
        both.wait()

    async def many() -> None:
        await asyncio.gather(*(in_thread(look) for _ in range(20)))

    asyncio.run(many())
    assert len(names) == 2
    assert all(name.startswith("events") for name in names)
    assert pool._max_workers == 2


@pytest.mark.django_db(transaction=True)
def test_hub_ends_the_oldest_streams_of_a_session_and_answers_programs_meanwhile(hub: LiveHub) -> None:
    club = gym(["Alice"])
    Counterpart(club.agent)
    with scope(company=club.company):
        choice = Selection(locations=frozenset(location.pk for location in club.locations))
        run = start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    visitor = Visitor(origin=hub.url)
    session = session_of(visitor.sign_in(token_for(club.administrator)))
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.sync_cookies.items())
    address = f"{hub.url}/sync/runs/{run.public_id}/events/?s={session}"
    with httpx2.Client(headers={"Cookie": cookies}, timeout=60) as browser, ExitStack() as held:
        opened = []
        for _ in range(EACH + 4):
            stream = held.enter_context(browser.stream("GET", address))
            lines = stream.iter_lines()
            assert "event: lines" in [next(lines), next(lines)]
            opened.append(lines)
        for lines in opened[:4]:
            assert "event: later" in list(lines), "it has ended, and was told to come again"
        assert soap.post(hub.url, soap.written()).status == 200
