"""What a company still needs before a door opens: shown in order while anything is left, to whoever may do it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.companies.models import Company
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.web.overview.first_steps import first_steps
from tests.factories import world
from tests.factories.gym import gym
from tests.hub.sync.sending import open_run


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    made = world.company()
    with scope(company=made):
        yield made


def missing(owner: Administrator) -> dict[str, str]:
    return {str(step.title): str(step.missing) for step in first_steps(owner, "s=x") if step.missing}


def test_a_new_company_misses_everything_and_is_led_to_each_page(company: Company) -> None:
    world.user(world.other_company(), "Mallory")
    owner = world.administrator(company)
    assert list(missing(owner)) == [
        "A location",
        "An agent on your network",
        "A door",
        "A group that may open it",
        "People",
        "The first Sync",
    ]
    assert first_steps(owner, "s=x")[-1].address == "/sync/?s=x"
    assert first_steps(world.administrator(company, username="desk", level=Level.FRONT_DESK), "s=x") == []


def test_what_is_there_and_does_not_work_yet_says_what_comes_next(company: Company) -> None:
    owner = world.administrator(company)
    world.terminal(world.location(company), world.agent(company))
    world.user(company, "Alice")
    found = missing(owner)
    assert "A location" not in found
    assert found["An agent on your network"] == "It has not brought its keys yet: make a code, and type it there."
    assert found["A door"] == "No terminal was reached yet: the first Sync does it."
    assert found["People"] == "Nobody is in a group yet, so no door opens for them."


def test_once_all_is_done_nothing_is_shown_any_more(db: None) -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        Agent.objects.update(keys={"sign": {}})
        Terminal.objects.update(seen_at=timezone.now())
        assert list(missing(club.administrator)) == ["The first Sync"]
        open_run(club)
        assert first_steps(club.administrator, "s=x") == []
