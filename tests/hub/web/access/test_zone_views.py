"""The pages of zones: who would lose and gain a door is shown before a zone is saved."""

from __future__ import annotations

from doorsync.hub.access.models import Zone
from tests.factories.desk import Desk
from tests.factories.gym import Gym


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
