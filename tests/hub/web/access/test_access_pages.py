"""The pages of groups, zones, schedules, rights and locations: what they save, refuse, and show before they save it."""

from __future__ import annotations

import pytest

from doorsync.hub.access.models import AccessRight
from tests.factories.desk import Desk
from tests.factories.gym import Gym


def test_every_page_of_the_section_opens(desk: Desk, club: Gym) -> None:
    for address in ("/access/", "/access/groups/", f"/access/groups/{club.members.pk}/", "/access/zones/", "/access/schedules/"):
        desk.read(address)
    assert "Gate, Pool" in desk.read("/access/zones/")


@pytest.mark.parametrize("used", ["groups/{members}", "zones/{zone}", "schedules/{always}"])
def test_what_is_in_use_is_said_before_a_name_is_typed(desk: Desk, club: Gym, used: str) -> None:
    right = AccessRight.objects.get(group=club.members)
    address = used.format(members=club.members.pk, zone=right.zone_id, always=right.schedule_id)
    page = desk.read(f"/access/{address}/delete/")
    assert "It is still in use: " in page
    assert 'name="word"' not in page
    assert ("Bob" in page) == ("groups" in used)
