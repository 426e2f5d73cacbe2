"""A gym whose gate has seen somebody, and an administrator who is fully signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django_scopes import scope

from doorsync.hub.terminals.models import Terminal
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor
from tests.hub.events.logs import NOON, Site


def site_of(club: Gym, door: int = 0) -> Site:
    """One of the gym's doors, with a device that has been there for long."""
    terminal = club.terminals[door]
    with scope(company=club.company):
        Terminal.objects.filter(pk=terminal.pk).update(serial=f"S{door + 1}", pinned_at=NOON - timedelta(days=1))
        terminal.refresh_from_db()
    return Site(club.company, club.agent, terminal)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Site:
    return site_of(club)


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    made = Visitor()
    made.sign_in_fully(club.company.slug)
    return made
