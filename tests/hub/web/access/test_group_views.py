"""The pages of groups: added, renamed, and deleted by name when nobody is in them."""

from __future__ import annotations

from doorsync.hub.users.models import Group
from tests.factories.desk import Desk
from tests.factories.gym import Gym


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
