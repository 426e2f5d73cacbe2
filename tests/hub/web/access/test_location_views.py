"""The pages of locations: added, moved to another time zone, deleted."""

from __future__ import annotations

from doorsync.hub.companies.models import Location
from tests.factories.desk import Desk
from tests.factories.gym import Gym


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
