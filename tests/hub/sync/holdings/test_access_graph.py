"""The part of a company's rights that concerns one terminal says of it just what the whole says."""

from __future__ import annotations

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.hub.access.models import AccessRight, TimeSchedule
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.rendering import render_schedules
from doorsync.hub.terminals.models import Terminal
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


@pytest.mark.requirement("I-06", mutation="load_access_graph() answering the graph of before whatever the rows say")
@pytest.mark.django_db
def test_each_change_of_a_row_is_seen_however_it_was_made() -> None:
    """The graph of the same rows is used again, so that whatever it is made from must be looked at each time."""
    club = gym(["Alice"])
    gate, group = club.terminals[0], club.members.pk
    with scope(company=club.company):
        before = load_access_graph()
        assert load_access_graph().opens is before.opens
        Terminal.objects.filter(pk=gate.pk).update(limits={**gate.limits, "schedules": 0}, readers="facility")
        assert load_access_graph().sites[gate.pk].can.schedules == 0
        type(gate.location).objects.filter(pk=gate.location_id).update(time_zone="Asia/Tokyo")
        assert str(load_access_graph().sites[gate.pk].zone) == "Asia/Tokyo"
        TimeSchedule.objects.update(slots=[["1", "08:00", "09:00"]])
        assert {each.fields["slots"] == [["1", "08:00", "09:00"]] for each in load_access_graph().schedules.values()} == {True}
        club.zones[0].terminals.remove(gate)
        assert gate.pk not in load_access_graph().opens[group]
        AccessRight.objects.filter(group=club.members).delete()
        assert group not in load_access_graph().opens


@pytest.mark.django_db
def test_companies_have_graphs_of_their_own() -> None:
    here, there = gym(["Alice"]), gym(["Bob"], other=True)
    for club in (here, there, here):
        with scope(company=club.company):
            assert set(load_access_graph().sites) == {each.pk for each in club.terminals}


@pytest.mark.requirement("D-04", mutation="schedule_in() without a look at what JSON holds")
@pytest.mark.parametrize("slots", ["{}", "[1]", '[["1", 2, "09:00"]]', '[["1", "09:00"], [3]]', '"x"', "null"])
@pytest.mark.django_db
def test_damaged_hours_are_hours_that_nobody_may_use(slots: str) -> None:
    club = gym(["Alice"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_timeschedule SET slots = %s WHERE id = %s", [slots, club.always.pk])
    with scope(company=club.company):
        assert str(club.always.number) in load_access_graph().damaged


@pytest.mark.requirement("I-06", mutation="_doors_of() keeping apart or together by the site alone, without room and schedules")
@pytest.mark.django_db
def test_terminals_are_together_that_differ_by_nothing_for_members_of_the_same_groups() -> None:
    club = gym(["Alice"])
    groups = [club.members.pk, club.staff.pk]
    with scope(company=club.company):
        graph = load_access_graph()
        for some in ([], groups[:1], groups[1:], groups):
            found = {
                terminal: (doors.schedules, doors.room, doors.site.can, doors.site.zone)
                for doors in graph.doors_of(some)
                for terminal in doors.terminals
            }
            assert found == {
                terminal: (graph.schedules_in(terminal, keys), graph.room_for(terminal), site.can, site.zone)
                for terminal, keys in graph.reach(some).items()
                for site in [graph.sites[terminal]]
            }
        assert len({each.terminals for each in graph.doors_of(groups)}) < len(club.terminals)
        gate = club.terminals[0]
        assert [each.terminals for each in graph.only(gate.pk).doors_of(groups)] == [(gate.pk,)]
        Terminal.objects.filter(pk=gate.pk).update(readers="facility")
        assert (gate.pk,) in [each.terminals for each in load_access_graph().doors_of(groups)]
