"""The part of a company's rights that concerns one terminal says of it just what the whole says."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.rendering import render_schedules
from tests.factories import world
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


@pytest.mark.django_db
def test_room_is_for_the_schedules_with_the_lowest_numbers_whatever_their_length() -> None:
    club = gym(["Alice"])
    gate = club.terminals[0]
    later = [world.schedule(club.company, name) for name in ("Second", "Third")]
    for number, schedule in enumerate([club.always, *later], 9998):
        schedule.number = number
        schedule.save()
    for schedule in later:
        world.right(club.members, club.zones[0], schedule)
    gate.limits = {**gate.limits, "schedules": 2}
    gate.save()
    with scope(company=club.company):
        room = load_access_graph().room_for(gate.pk)
    assert room == {"9998", "9999"}
