"""Nobody is said to gain a door who has nothing to open it with, when it is shown what writes of people would do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django_scopes import scope

from doorsync.hub.imports.door_access import Doors
from doorsync.hub.imports.preview import Door
from doorsync.hub.imports.user_import import prepare_import
from doorsync.hub.imports.user_trial import try_writes
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write
from tests.factories import world
from tests.factories.gym import Gym, gym

HEADER = "id;last_name;groups;cards;pin;qr;licence_plates\n"


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


def previewed(club: Gym, path: Path, rows: str) -> dict[str, tuple[list[str], list[str]]]:
    path.write_text(HEADER + rows)
    ready, _ = prepare_import(company=club.company, path=path, complete=False, actor=club.actor)
    return told(ready.preview().doors)


def told(doors: list[Door]) -> dict[str, tuple[list[str], list[str]]]:
    return {door.name: (door.gains, door.loses) for door in doors}


@pytest.mark.requirement("D-02", mutation="gained_since() counting those without any credential")
def test_new_person_gains_a_door_with_a_credential_that_doors_know(club: Gym, tmp_path: Path) -> None:
    rows = "1;Card;Members;77;;;\n2;Pin;Members;;4711;;\n3;Bare;Members;;;;\n4;Plate;Members;;;;12AB\n"
    assert previewed(club, tmp_path / "people.csv", rows) == {"Gate": (["Card", "Pin"], []), "Pool": (["Card", "Pin"], [])}


def test_person_without_a_credential_gains_no_door_by_a_group_but_by_a_card(club: Gym, tmp_path: Path) -> None:
    bare = club.add("Bare", external_id="b")
    assert previewed(club, tmp_path / "people.csv", "b;Bare;Members;;;;\n") == {}
    assert previewed(club, tmp_path / "people.csv", "b;Bare;Members;9;;;\n")["Gate"] == (["Bare"], [])
    joining = Write({"groups": frozenset([club.members.pk])}, User.objects.select_related("company").get(pk=bare.pk))
    assert try_writes(club.company, [joining], club.actor) == []


def test_person_without_a_credential_loses_a_door_whose_terminal_may_know_a_finger(club: Gym, tmp_path: Path) -> None:
    club.add("Bare", club.members, external_id="b")
    assert previewed(club, tmp_path / "people.csv", "b;Bare;;;;;\n") == {"Gate": ([], ["Bare"]), "Pool": ([], ["Bare"])}


def test_equipped_are_those_whose_credential_terminals_know(club: Gym) -> None:
    club.add("Plate", club.members)
    world.credential(User.objects.select_related("company").get(last_name="Plate"), "licence_plate", "12AB")
    carla = club.add("Carla", club.members, card="5")
    assert Doors.of_everybody().equipped == {carla.number}
