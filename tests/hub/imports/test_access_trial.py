"""What a change would do at the doors, told before it is made; and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.access import actions
from doorsync.hub.access.errors import AccessNameTaken
from doorsync.hub.access.models import AccessRight, Zone
from doorsync.hub.audit.models import Entry
from doorsync.hub.imports.access_trial import DoorEffect, try_access
from doorsync.hub.sync.models import Holding
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        for number, name in enumerate(("Alice", "Bob")):
            made.add(name, made.members, card=f"471100{number}")
        yield made


def told(effects: list[DoorEffect]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {each.terminal.name: (each.gains.names, each.loses.names) for each in effects}


@pytest.mark.requirement("D-02", mutation="people of groups that open the door anyway not left out")
def test_who_gains_and_who_loses_is_told_by_door(club: Gym) -> None:
    zoe = club.add("Zoe", club.members, club.staff)
    club.add("Yan", club.staff, active=False)
    gate, office, pool = club.terminals
    before = Entry.objects.count(), Holding.objects.exclude(wanted=None).count()
    effects = try_access(
        club.company, lambda: actions.change_zone(zone=club.zones[0], terminals=[office, pool], actor=club.actor), club.actor
    )
    assert told(effects) == {"Gate": ((), ("Alice", "Bob", zoe.last_name)), "Office": (("Alice", "Bob"), ())}
    assert set(Zone.objects.get(pk=club.zones[0].pk).terminals.all()) == {gate, pool}
    assert (Entry.objects.count(), Holding.objects.exclude(wanted=None).count()) == before


def test_other_hours_are_told_by_group(club: Gym) -> None:
    def shorten() -> None:
        actions.change_schedule(schedule=club.always, slots=[["1", "08:00", "18:00"]], actor=club.actor)

    effects = try_access(club.company, shorten, club.actor)
    assert {each.terminal.name: each.fewer for each in effects} == {"Gate": ("Members",), "Pool": ("Members",)}
    assert not any(each.more or each.gains.count or each.loses.count for each in effects)


def test_a_withdrawn_right_takes_the_door_from_those_who_have_no_other(club: Gym) -> None:
    club.add("Zoe", club.members, club.staff)
    right = AccessRight.objects.select_related("company").get(group=club.members)
    effects = try_access(club.company, lambda: actions.withdraw(right=right, actor=club.actor), club.actor)
    assert told(effects) == {"Gate": ((), ("Alice", "Bob")), "Pool": ((), ("Alice", "Bob"))}


@pytest.mark.requirement("D-02", mutation="somebody without a card or PIN told as gaining a door")
def test_whoever_has_nothing_to_show_gains_no_door_and_can_lose_one(club: Gym) -> None:
    carol = club.add("Carol", club.members)
    effects = try_access(
        club.company, lambda: actions.change_zone(zone=club.zones[0], terminals=[club.terminals[1]], actor=club.actor), club.actor
    )
    losing = ("Alice", "Bob", carol.last_name)
    assert told(effects) == {"Gate": ((), losing), "Office": (("Alice", "Bob"), ()), "Pool": ((), losing)}


def test_without_effect_nothing_is_told_and_a_refusal_is_raised(club: Gym) -> None:
    zone = club.zones[0]
    assert try_access(club.company, lambda: actions.rename_zone(zone=zone, name="Doors", actor=club.actor), club.actor) == []
    assert Zone.objects.get(pk=zone.pk).name == "Public"
    with pytest.raises(AccessNameTaken):
        try_access(club.company, lambda: actions.rename_zone(zone=club.zones[1], name="Public", actor=club.actor), club.actor)
