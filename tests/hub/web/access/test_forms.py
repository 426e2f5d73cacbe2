"""What the forms of the access pages take for a choice."""

from __future__ import annotations

from tests.factories.desk import Desk
from tests.factories.gym import Gym


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
