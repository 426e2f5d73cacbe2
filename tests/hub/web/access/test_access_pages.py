"""The pages of groups, zones, schedules, rights and locations: what they save, refuse, and show before they save it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.companies.models import Location
from doorsync.hub.users.models import Group
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor


class Desk(Visitor):
    """Somebody who is signed in, and whose forms carry their proof."""

    proof: dict[str, str]

    def send(self, address: str, /, **fields: str | list[str]) -> tuple[int, str]:
        answer = self.post(address, {**self.proof, **fields})
        return answer.status_code, answer.content.decode() or answer.get("Location", "")

    def read(self, address: str) -> str:
        answer = self.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        made.add("Bob", made.members, card="4711001")
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    made = Desk()
    made.sign_in_fully(club.company.slug)
    made.proof = made.fields(made.get("/sync/"))
    return made


def test_group_is_added_renamed_and_deleted_by_its_name(desk: Desk, club: Gym) -> None:
    assert desk.send("/access/groups/add/", name="Guests") == (303, "/access/groups/")
    group = Group.objects.get(name="Guests")
    assert desk.send(f"/access/groups/{group.pk}/change/", name="Visitors")[0] == 303
    status, text = desk.send(f"/access/groups/{group.pk}/delete/", word="Guests")
    assert (status, "That is not “Visitors”" in text) == (409, True)
    assert desk.send(f"/access/groups/{group.pk}/delete/", word="Visitors")[0] == 303
    assert not Group.objects.filter(pk=group.pk).exists()


def test_what_is_wrong_stands_on_the_form_with_what_was_typed(desk: Desk, club: Gym) -> None:
    status, text = desk.send("/access/groups/add/", name="Members")
    assert status == 422
    assert "of this name already" in text
    assert 'value="Members"' in text
    for address in ("/access/groups/add/", f"/access/groups/{club.members.pk}/change/"):
        status, text = desk.send(address, name="Gym; pool")
        assert (status, "no semicolon" in text) == (422, True)
    status, text = desk.send(f"/access/groups/{club.members.pk}/delete/", word="Members")
    assert status == 409
    assert "Alice" in text


def test_change_of_a_zone_shows_who_loses_and_gains_before_it_is_saved(desk: Desk, club: Gym) -> None:
    zone, office = club.zones[0], club.terminals[1]
    fields: dict[str, str | list[str]] = {"name": "Public", "terminals": [str(office.pk)]}
    status, text = desk.send(f"/access/zones/{zone.pk}/", **fields)
    assert status == 200
    assert "Nothing is saved yet" in text
    assert "Alice, Bob" in text
    assert set(zone.terminals.all()) == {club.terminals[0], club.terminals[2]}
    assert desk.send(f"/access/zones/{zone.pk}/", **fields, sure="1")[0] == 303
    assert set(zone.terminals.all()) == {office}


def test_a_new_name_needs_no_look_at_doors(desk: Desk, club: Gym) -> None:
    zone = club.zones[0]
    terminals = [str(each.pk) for each in zone.terminals.all()]
    assert desk.send(f"/access/zones/{zone.pk}/", name="Doors", terminals=terminals)[0] == 303
    assert Zone.objects.get(pk=zone.pk).name == "Doors"


def test_hours_are_typed_by_day(desk: Desk, club: Gym) -> None:
    status, text = desk.send("/access/schedules/add/", name="Late", mon="08:00-25:00")
    assert status == 422
    assert "no clock shows" in text
    status, text = desk.send("/access/schedules/add/", name="Late", mon="8-18")
    assert (status, "“8-18” are no hours. Write them like 08:00-18:00." in text, "mon-fri" in text) == (422, True, False)
    assert desk.send("/access/schedules/add/", name="Late", fri="22:00-06:00", mon="08:00-12:00, 13:00-18:00")[0] == 303
    late = TimeSchedule.objects.get(name="Late")
    assert late.slots == [["1", "08:00", "12:00"], ["1", "13:00", "18:00"], ["5", "22:00", "24:00"], ["6", "00:00", "06:00"]]
    assert 'value="22:00-06:00"' in desk.read(f"/access/schedules/{late.pk}/")


def test_rights_are_given_and_taken_in_the_matrix(desk: Desk, club: Gym) -> None:
    cell = f"/access/rights/{club.members.pk}/{club.zones[1].pk}/"
    assert "Always" in desk.read("/access/")
    status, text = desk.send(cell, schedules=[str(club.always.pk)])
    assert (status, "Office" in text) == (200, True)
    assert desk.send(cell, schedules=[str(club.always.pk)], sure="1")[0] == 303
    assert AccessRight.objects.filter(group=club.members, zone=club.zones[1]).exists()
    assert desk.send(cell, sure="1")[0] == 303
    assert not AccessRight.objects.filter(group=club.members, zone=club.zones[1]).exists()


def test_programs_find_the_id_of_a_location_on_its_page(desk: Desk, club: Gym) -> None:
    text = desk.read("/locations/")
    assert all(f'data-label="Id for programs">{each.pk}</td>' in text for each in club.locations)


def test_location_gets_another_time_zone(desk: Desk, club: Gym) -> None:
    assert desk.send("/locations/add/", name="Attic", time_zone="Europe/Paris")[0] == 303
    attic = Location.objects.get(name="Attic")
    assert desk.send(f"/locations/{attic.pk}/", name="Loft", time_zone="Asia/Tokyo")[0] == 303
    attic.refresh_from_db()
    assert (attic.name, attic.time_zone) == ("Loft", "Asia/Tokyo")
    assert desk.send(f"/locations/{attic.pk}/delete/", word="Loft")[0] == 303
    assert desk.send("/locations/add/", name="Moon", time_zone="Moon/Base")[0] == 422


def test_every_page_of_the_section_opens(desk: Desk, club: Gym) -> None:
    for address in ("/access/", "/access/groups/", f"/access/groups/{club.members.pk}/", "/access/zones/", "/access/schedules/"):
        desk.read(address)
    assert "Gate, Pool" in desk.read("/access/zones/")


def test_an_id_that_no_database_could_hold_is_no_choice(desk: Desk, club: Gym) -> None:
    huge = ["9" * 30]
    for address, fields in (
        ("/access/zones/add/", {"name": "Huge", "terminals": huge}),
        (f"/access/zones/{club.zones[0].pk}/", {"name": "Public", "terminals": huge}),
        (f"/access/rights/{club.members.pk}/{club.zones[0].pk}/", {"schedules": huge}),
        (f"/administrators/{club.administrator.pk}/", {"level": "manager", "limited": "1", "locations": huge}),
    ):
        status, text = desk.send(address, **fields)
        assert status == 422, address
        assert "Select a valid choice" in text
    assert set(club.zones[0].terminals.all()) == {club.terminals[0], club.terminals[2]}


@pytest.mark.parametrize("used", ["groups/{members}", "zones/{zone}", "schedules/{always}"])
def test_what_is_in_use_is_said_before_a_name_is_typed(desk: Desk, club: Gym, used: str) -> None:
    right = AccessRight.objects.get(group=club.members)
    address = used.format(members=club.members.pk, zone=right.zone_id, always=right.schedule_id)
    page = desk.read(f"/access/{address}/delete/")
    assert "It is still in use: " in page
    assert 'name="word"' not in page
    assert ("Bob" in page) == ("groups" in used)
