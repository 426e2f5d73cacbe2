"""Revocations at terminals that an administrator may see."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.revocations.queries import visible_revocations
from tests.factories import world
from tests.factories.gym import gym

pytestmark = pytest.mark.django_db


def test_the_newest_come_first_and_whoever_is_limited_sees_those_of_their_locations() -> None:
    club, other = gym(), gym(other=True)
    for number, made in ((1, club), (1, other)):
        with scope(company=made.company):
            for offset, terminal in enumerate(made.terminals):
                someone = Removed(number=number + offset, name="Bob", since=None)
                note_revocations(terminal, [someone], next(iter(Evidence)), timezone.now())
    with scope(company=club.company):
        assert [each.terminal_name for each in visible_revocations(club.administrator)] == ["Pool", "Office", "Gate"]
        south = world.administrator(club.company, username="south")
        administrators.change_role(administrator=south, role=Role(Level.MANAGER, [club.locations[1]]), actor=club.actor)
        assert [each.terminal_name for each in visible_revocations(world.again(south))] == ["Pool"]
