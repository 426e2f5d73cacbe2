"""The overview: what needs attention, for the doors and people that the administrator sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.validity import WALL
from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.sync.models import Holding
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    made = Visitor()
    made.sign_in_fully(club.company.slug)
    return made


def figure(page: str, word: str) -> str:
    found = re.search(rf"<dt>{word}</dt><dd>([^<]*)</dd>", page)
    assert found
    return found[1]


def test_more_than_the_rules_say_is_one_number(visitor: Visitor, club: Gym) -> None:
    assert figure(visitor.get("/overview/").content.decode(), "times a door holds, or may hold, more than the rules say") == "0"
    Holding.objects.filter(kind=1).update(held=b"x" * 16, held_since=timezone.now())
    Holding.objects.filter(terminal_id=club.terminals[0].pk, kind=1).update(wanted=None)
    page = visitor.get("/overview/").content.decode()
    assert figure(page, "times a door holds, or may hold, more than the rules say") == "2"  # one to be removed, one to be changed
    assert "1 person may still open more than the rules say" in page


def test_doors_that_are_behind_say_why(visitor: Visitor) -> None:
    page = visitor.get("/overview/").content.decode()
    assert figure(page, "doors behind") == "3"
    assert "Gate" in page


def test_who_leaves_today_is_named(visitor: Visitor, club: Gym) -> None:
    now = timezone.now()
    earliest = now.astimezone(club.locations[1].zone)
    midnight = (earliest + timedelta(days=1)).strftime("%Y-%m-%dT00:00")
    world.user(club.company, "Leaver", club.members, expires=midnight)
    world.user(club.company, "Gone", club.members, expires=(earliest - timedelta(days=1)).strftime(WALL))
    world.user(club.company, "Stayer", club.members, expires=(earliest + timedelta(days=3)).strftime(WALL))
    page = visitor.get("/overview/").content.decode()
    assert figure(page, "person leaving today") == "1"
    assert "Leaver" in page
    assert "Stayer" not in page
    assert "Gone" not in page


def test_first_steps_say_what_is_missing_until_nothing_is(visitor: Visitor, club: Gym) -> None:
    page = visitor.get("/overview/").content.decode()
    assert "It has not brought its keys yet" in page
    assert "No terminal was reached yet" in page
    assert re.search(r'<a href="/sync/\?s=[\w-]{22}">The first Sync</a>', page)


@pytest.mark.requirement("W-04", mutation="the pairs of all terminals counted")
def test_whoever_is_limited_sees_their_doors_only(club: Gym) -> None:
    desk = world.administrator(club.company, username="desk")
    actions.change_role(administrator=desk, role=Role(Level.FRONT_DESK, [club.locations[0]]), actor=club.actor)
    Holding.objects.filter(terminal_id=club.terminals[2].pk).update(held=b"x" * 16, wanted=None)
    limited = Visitor()
    limited.sign_in_fully(club.company.slug, "desk")
    page = limited.get("/overview/").content.decode()
    assert figure(page, "times a door holds, or may hold, more than the rules say") == "0"
    assert "Pool" not in page
    assert "First steps" not in page


def test_the_start_of_a_full_session_is_the_overview_and_of_a_sync_session_the_sync_page(visitor: Visitor, club: Gym) -> None:
    assert visitor.get("/")["Location"] == "/overview/"
    by_token = Visitor()
    by_token.sign_in(token_for(club.administrator))
    assert by_token.get("/")["Location"].startswith("/sync/?s=")
    assert by_token.get("/overview/").status_code == 404
