"""The form of a door: a password in an address is never shown again, and what a form does not ask for stays."""

from __future__ import annotations

from doorsync.hub.terminals.models import Terminal
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.hub.web.terminals.door_form import fields


def test_password_in_an_address_is_not_shown_and_stays_when_it_is_left_alone(desk: Desk, club: Gym) -> None:
    door = world.terminal(club.locations[0], club.agent, "Attic", address="zk://secret77@192.0.2.9:4370")
    for page in (f"/doors/{door.public_id}/", f"/doors/{door.public_id}/change/", f"/sync/terminals/{door.public_id}/"):
        assert "secret77" not in desk.read(page)
        assert "192.0.2.9:4370" in desk.read(page)
    status, _where = desk.send(f"/doors/{door.public_id}/change/", **fields(club, name="Loft", address="zk://192.0.2.9:4370"))
    assert status == 303
    door.refresh_from_db()
    assert (door.name, door.address) == ("Loft", "zk://secret77@192.0.2.9:4370")


def test_how_readers_show_cards_is_chosen_and_stays_where_a_form_does_not_ask(desk: Desk, club: Gym) -> None:
    assert desk.send("/doors/add/", **fields(club, readers="facility"))[0] == 303
    door = Terminal.objects.get(name="Attic")
    assert door.readers == "facility"
    assert desk.send(f"/doors/{door.public_id}/change/", **fields(club, name="Loft"))[0] == 303
    door.refresh_from_db()
    assert (door.name, door.readers) == ("Loft", "facility")
    assert desk.send(f"/doors/{door.public_id}/change/", **fields(club, readers="sideways"))[0] == 422
    assert desk.send(f"/doors/{door.public_id}/change/", **fields(club, readers=""))[0] == 303
    door.refresh_from_db()
    assert door.readers == ""
