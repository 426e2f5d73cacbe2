"""The part of a company's rights that concerns one terminal says of it just what the whole says."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.rendering import render_schedules
from tests.factories.gym import gym


@pytest.mark.django_db
def test_part_of_one_terminal_says_what_the_whole_says_of_it() -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        whole = load_access_graph()
    groups = [club.members.pk, club.staff.pk]
    for terminal in club.terminals:
        part = whole.only(terminal.pk)
        assert part.reach(groups) == {terminal.pk: whole.reach(groups)[terminal.pk]}
        assert part.room_for(terminal.pk) == whole.room_for(terminal.pk)
        rendered = [each for each in render_schedules(whole, b"key") if each.terminal_id == terminal.pk]
        assert list(render_schedules(part, b"key")) == rendered != []
