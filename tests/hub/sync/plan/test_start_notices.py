"""The plan says beforehand when somebody must press, and nothing where starts go out by themselves."""

from __future__ import annotations

import pytest
from django_scopes import scopes_disabled

from doorsync.hub.companies.actions import change_company
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.test_starts import Clock, clock, club, gate, sync, there, wall

__all__ = ["clock", "club", "there"]


SOON = "1 person starts on 2026-12-01 16:00 (Europe/Amsterdam): press Sync then."

LONGER = "2 extended stays still end in the terminals on 2026-12-01 13:30 (Europe/Amsterdam): press Sync before."


@pytest.mark.requirement("I-06", mutation="plan() without the notices of starts")
@pytest.mark.parametrize("why", ["not connected", "not wanted"])
def test_plan_says_beforehand_when_a_press_is_needed(clock: Clock, club: Gym, there: Counterpart, why: str) -> None:
    for name in ("Dora", "Eve"):
        club.add(name, club.members, expires=wall(club, 30))
    sync(club, there)
    if why == "not wanted":
        change_company(company=club.company, actor=club.actor, automatic_starts=False)
    else:
        with scopes_disabled():
            Agent.objects.update(waited_at=None)
    club.add("Guest", club.members, starts=wall(club, 180))
    User.objects.filter(last_name__in=("Dora", "Eve")).update(expires=wall(club, 90))
    club.tell()
    told = build_plan(club.company, gate(club)).ahead
    assert [notice for notice in told if notice.startswith(SOON)]
    assert [notice for notice in told if notice.startswith(LONGER)]


def test_plan_says_nothing_of_starts_that_go_out_by_themselves(clock: Clock, club: Gym, there: Counterpart) -> None:
    club.add("Guest", club.members, starts=wall(club, 180))
    assert not build_plan(club.company, gate(club)).ahead
