"""The live log: the whole page again with each new event, and the end when nobody is signed in any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx2
import pytest
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.hub.events.logs import Site, event
from tests.hub.web.activity.conftest import site_of


@pytest.fixture
def club(hub: LiveHub) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Site:
    return site_of(club)


@pytest.fixture
def browser(hub: LiveHub, club: Gym) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=hub.url, headers={"Origin": hub.url}, timeout=PATIENCE) as client:
        client.post("/sign-in/", data={"company": club.company.slug, "username": "username", "password": "passwrod"})
        yield client


def blocks(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Each event of a stream as its fields; the data in one line."""
    block: dict[str, str] = {}
    for line in lines:
        if not line:
            if block:
                yield block
            block = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            block[name] = block.get(name, "") + value.strip()


def test_what_happens_shows_at_once_and_the_end_of_the_session_ends_it(browser: httpx2.Client, club: Gym, gate: Site) -> None:
    club.add("Alice", club.members, number=7)
    gate.take(event(1, "7"))
    with browser.stream("GET", "/activity/live/?seen=1&result=granted") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        stream = blocks(answer.iter_lines())
        taking = threading.Timer(0.1, lambda: gate.take(event(2, "7")))
        taking.start()
        found = next(stream)
        taking.join()
        assert (found["event"], found["id"]) == ("rows", "2")
        assert found["data"].count("Alice") == 2
        Administrator.objects.filter(pk=club.administrator.pk).update(active=False)
        assert next(stream)["event"] == "gone"


def test_a_page_that_is_behind_gets_everything_at_once(browser: httpx2.Client, gate: Site) -> None:
    gate.take(event(1), event(2))
    with browser.stream("GET", "/activity/live/?seen=0") as answer:
        assert next(blocks(answer.iter_lines()))["id"] == "2"
