"""The pages that add, change and delete a door; whoever is limited does so at their locations only."""

from __future__ import annotations

import pytest

from doorsync.hub.access.models import Zone
from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from tests.factories import world
from tests.factories.desk import Desk, desk_of
from tests.factories.gym import Gym
from tests.hub.web.terminals.door_form import fields


def test_door_is_added_and_its_address_is_not_given_twice(desk: Desk, club: Gym) -> None:
    assert desk.send("/doors/add/", **fields(club)) == (303, "/doors/")
    assert "Attic" in desk.read("/doors/")
    status, text = desk.send("/doors/add/", **fields(club, name="Cellar", address=" 192.0.2.9:04370"))
    assert (status, "have the same address" in text) == (422, True)
    assert desk.send("/doors/add/", **fields(club, name="Cellar", make="Zk Teco"))[0] == 422


@pytest.mark.requirement("I-01", mutation="change_terminal without terminal_moved")
def test_what_a_door_holds_is_unknown_after_its_address_changed(desk: Desk, club: Gym) -> None:
    gate = club.terminals[0]
    Holding.objects.filter(terminal_id=gate.pk).update(held=b"0123456789abcdef")
    desk.send(f"/doors/{gate.public_id}/change/", **fields(club, name="Gate", address="192.0.2.10:4370"))
    gate.refresh_from_db()
    assert gate.unread
    assert not any(bytes(row.held or b"") for row in Holding.objects.filter(terminal_id=gate.pk))


def test_door_is_deleted_when_it_is_empty_or_gone(desk: Desk, club: Gym) -> None:
    gate = club.terminals[0]
    address = f"/doors/{gate.public_id}/delete/"
    status, text = desk.send(address, word="Gate", lost="1")
    assert (status, "still in Public" in text) == (409, True)
    Zone.objects.get(name="Public").terminals.remove(gate)
    Holding.objects.filter(terminal_id=gate.pk).update(held=b"")
    assert "The device is gone" in desk.read(address)
    assert desk.send(address, word="Gate")[0] == 409
    assert desk.send(address, word="Gate", lost="1") == (303, "/doors/")
    assert not Terminal.objects.filter(pk=gate.pk).exists()


def test_whoever_is_limited_adds_doors_at_their_locations_only(club: Gym) -> None:
    manager = world.administrator(club.company, username="north")
    administrators.change_role(administrator=manager, role=Role(Level.MANAGER, [club.locations[0]]), actor=club.actor)
    desk = desk_of(club, "north")
    assert "Pool" not in desk.read("/doors/")
    assert desk.send("/doors/add/", **fields(club, location=str(club.locations[1].pk)))[0] == 422
    assert desk.send("/doors/add/", **fields(club))[0] == 303
