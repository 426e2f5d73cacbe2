"""Which holdings a run may carry out, in which turn, and how many more people fit."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.sync.holdings.pending_holdings import ORDER
from doorsync.hub.sync.holdings.tallies import tallies
from doorsync.hub.sync.models import Holding
from tests.factories.gym import gym
from tests.hub.sync.holdings.test_tallies import fill

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R-04", mutation="Turn.includes() without its kind, its state or its side")
def test_turns_include_what_their_condition_finds() -> None:
    club = gym()
    at = club.terminals[0].pk
    with scope(company=club.company):
        Holding.objects.all().delete()
        fill(club.company, [at], 3)
        found = tallies([at])[at]
        for turn in ORDER:
            assert found.count(turn.includes) == Holding.objects.filter(turn.where, terminal_id=at).count() > 0
