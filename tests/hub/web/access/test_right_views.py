"""The matrix of rights: given and taken by cell, after a look at who gains and loses."""

from __future__ import annotations

from doorsync.hub.access.models import AccessRight
from tests.factories.desk import Desk
from tests.factories.gym import Gym


def test_rights_are_given_and_taken_in_the_matrix(desk: Desk, club: Gym) -> None:
    cell = f"/access/rights/{club.members.pk}/{club.zones[1].pk}/"
    assert "Always" in desk.read("/access/")
    status, text = desk.send(cell, schedules=[str(club.always.pk)])
    assert (status, "Office" in text) == (200, True)
    assert desk.send(cell, schedules=[str(club.always.pk)], sure="1")[0] == 303
    assert AccessRight.objects.filter(group=club.members, zone=club.zones[1]).exists()
    assert desk.send(cell, sure="1")[0] == 303
    assert not AccessRight.objects.filter(group=club.members, zone=club.zones[1]).exists()
