"""Several people at once: shown per door, done all or none, undone where nobody has changed the same since."""

from __future__ import annotations

import pytest

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.models import BulkEdit, User
from tests.factories import world
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


@pytest.fixture
def people(club: Gym) -> list[User]:
    return [club.add("Alice", club.members, card="1"), club.add("Bob", card="2"), club.add("Charlie", club.members, active=False)]


def do(visitor: Visitor, users: list[User], action: str, **fields: str) -> str:
    """Choose them and go on; then do it, if it is shown; the page after it."""
    proof = visitor.fields(visitor.get("/people/"))
    chosen = {**proof, "person": [str(user.number) for user in users], "action": action, **fields}
    shown = visitor.post("/people/together/", chosen)
    if shown.status_code != 200:
        return visitor.get(shown["Location"]).content.decode()
    text = shown.content.decode()
    done = visitor.post("/people/together/", {**chosen, "sure": "1"})
    return text + visitor.get(done["Location"]).content.decode()


def undo(visitor: Visitor) -> str:
    address = f"/people/together/{BulkEdit.objects.latest('pk').public_id}/"
    visitor.post(f"{address}undo/", visitor.fields(visitor.get("/people/")))
    return visitor.get(address).content.decode()


def active() -> list[str]:
    return list(User.objects.filter(active=True).values_list("last_name", flat=True))


@pytest.mark.requirement("D-02", mutation="done before it was confirmed")
def test_nothing_is_changed_before_it_was_shown(visitor: Visitor, people: list[User]) -> None:
    proof = visitor.fields(visitor.get("/people/"))
    page = visitor.post("/people/together/", {**proof, "person": [people[0].number], "action": "suspend"}).content.decode()
    assert "Suspend: 1 person" in page
    assert page.count('<b class="number">1</b>') == 2  # Gate and Pool lose her
    assert active() == ["Alice", "Bob"]
    assert not BulkEdit.objects.exists()


def test_suspending_is_undone_for_those_who_were_active(visitor: Visitor, people: list[User]) -> None:
    assert "Suspend: 2 people" in do(visitor, people, "suspend")
    assert active() == []
    assert "2 people are as before." in undo(visitor)
    assert active() == ["Alice", "Bob"]
    undo(visitor)
    assert active() == ["Alice", "Bob"]


def test_groups_and_last_days_are_set_and_put_back(visitor: Visitor, club: Gym, people: list[User]) -> None:
    do(visitor, people, "add-group", to_group=str(club.staff.pk))
    assert club.staff.users.count() == 3
    undo(visitor)
    assert (club.staff.users.count(), club.members.users.count()) == (0, 2)
    do(visitor, people, "leave-group", to_group=str(club.members.pk))
    assert club.members.users.count() == 0
    do(visitor, people, "ends", until="2030-06-30")
    assert set(User.objects.values_list("expires", flat=True)) == {"2030-07-01T00:00"}
    undo(visitor)
    assert set(User.objects.values_list("expires", flat=True)) == {""}


def test_who_was_changed_since_is_left_alone(visitor: Visitor, people: list[User]) -> None:
    do(visitor, people, "ends", until="2030-06-30")
    User.objects.filter(pk=people[0].pk).update(expires="2031-01-01T00:00")
    people[1].delete()
    assert "1 person is as before. 2 were left alone" in undo(visitor)
    assert User.objects.get(pk=people[0].pk).expires == "2031-01-01T00:00"


@pytest.mark.parametrize("fields", [{"action": "add-group"}, {"action": "explode"}, {"action": "ends", "until": "rubbish"}])
def test_what_makes_no_sense_changes_nothing(visitor: Visitor, people: list[User], fields: dict[str, str]) -> None:
    action = fields.pop("action")
    page = do(visitor, people, action, **fields)
    assert "Tick people first" in page or "Nothing was changed" in page
    assert not BulkEdit.objects.exists()


def test_nobody_ticked_changes_nobody(visitor: Visitor, people: list[User]) -> None:
    assert "Tick people first" in do(visitor, [], "suspend")


@pytest.mark.requirement("W-04", mutation="people of other locations changed with the rest")
def test_whoever_is_limited_changes_nobody_elsewhere(club: Gym, people: list[User]) -> None:
    desk = world.administrator(club.company, username="desk")
    actions.change_role(administrator=desk, role=Role(Level.FRONT_DESK, [club.locations[0]]), actor=club.actor)
    limited = Visitor()
    limited.sign_in_fully(club.company.slug, "desk")
    assert "belongs to locations that are not yours" in do(limited, people, "suspend")
    assert active() == ["Alice", "Bob"]


def test_the_page_is_for_whoever_did_it(visitor: Visitor, club: Gym, people: list[User]) -> None:
    do(visitor, people, "suspend")
    world.administrator(club.company, username="other")
    other = Visitor()
    other.sign_in_fully(club.company.slug, "other")
    assert other.get(f"/people/together/{BulkEdit.objects.get().public_id}/").status_code == 404


@pytest.mark.requirement("W-04", mutation="`undo_many` without `within`")
@pytest.mark.parametrize("action", ["suspend", "leave-group"])
def test_whoever_was_limited_since_puts_back_nothing_elsewhere(club: Gym, people: list[User], action: str) -> None:
    desk = world.administrator(club.company, username="desk")
    made = Visitor()
    made.sign_in_fully(club.company.slug, "desk")
    do(made, people[:1], action, to_group=str(club.members.pk))
    Holding.objects.all().delete()  # all doors have let go of her
    actions.change_role(administrator=desk, role=Role(Level.FRONT_DESK, [club.locations[0]]), actor=club.actor)
    made.sign_in_fully(club.company.slug, "desk")
    assert "1 were left alone" in undo(made)
    assert (people[0].pk in active_pks(), club.members.users.filter(pk=people[0].pk).exists()) == {
        "suspend": (False, True),
        "leave-group": (True, False),
    }[action]


def active_pks() -> list[int]:
    return list(User.objects.filter(active=True).values_list("pk", flat=True))
