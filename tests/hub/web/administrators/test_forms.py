"""What the forms of administrators refuse: locations without the limit, and passwords, which are never shown again."""

from __future__ import annotations

import pytest

from doorsync.hub.administrators.models import Administrator
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.hub.web.administrators.test_views import NEW, club, desk

__all__ = ["club", "desk"]


@pytest.mark.requirement("W-04", mutation="locations left out where the limit is not ticked")
def test_locations_without_the_limit_are_not_left_out(desk: Desk, club: Gym) -> None:
    fields: dict[str, str | list[str]] = {"username": "bob", "password": NEW, "again": NEW, "level": "manager"}
    status, text = desk.send("/administrators/add/", **fields, locations=[str(club.locations[0].pk)])
    assert (status, "Tick this for the limit to hold" in text) == (422, True)
    assert not Administrator.objects.filter(username="bob").exists()


def test_what_is_wrong_is_said_and_no_password_is_shown_again(desk: Desk) -> None:
    fields = {"username": "bob", "level": "owner"}
    status, text = desk.send("/administrators/add/", **fields, password="short", again="short")
    assert (status, "8 to 1000 characters" in text) == (422, True)
    status, text = desk.send("/administrators/add/", **fields, password="first-password", again="second-password")
    assert (status, "differ" in text) == (422, True)
    assert "first-password" not in text
    assert desk.send("/administrators/add/", **{**fields, "username": "username"}, password=NEW, again=NEW)[0] == 422
