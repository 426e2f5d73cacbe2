"""Suspending, reinstating and deleting a person."""

from __future__ import annotations

import pytest

from doorsync.hub.sync.models import Holding
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


@pytest.fixture
def anna(club: Gym) -> User:
    return club.add("Vries", club.members, first_name="Anna", card="1")


def press(visitor: Visitor, user: User, name: str, **fields: str) -> int:
    proof = visitor.fields(visitor.get(f"/people/{user.number}/"))
    return visitor.post(f"/people/{user.number}/{name}/", {**proof, **fields}).status_code


def test_who_is_suspended_should_be_nowhere_and_comes_back(visitor: Visitor, anna: User) -> None:
    assert press(visitor, anna, "suspend") == 303
    assert not User.objects.get().active
    assert not Holding.objects.filter(user_id=anna.pk, wanted__isnull=False).exists()
    assert "Anna Vries is suspended." in visitor.get(f"/people/{anna.number}/").content.decode()
    assert press(visitor, anna, "reinstate") == 303
    assert User.objects.get().active
    assert Holding.objects.filter(user_id=anna.pk, wanted__isnull=False).count() == 2


def test_deleting_asks_for_the_name(visitor: Visitor, anna: User) -> None:
    assert "Type Vries to confirm." in visitor.get(f"/people/{anna.number}/delete/").content.decode()
    assert press(visitor, anna, "delete", word="Anna") == 422
    assert press(visitor, anna, "delete") == 422
    assert User.objects.exists()
    assert press(visitor, anna, "delete", word=" vries ") == 303
    assert not User.objects.exists()
    assert "Anna Vries was deleted." in visitor.get("/people/").content.decode()


@pytest.mark.requirement("T-13", mutation="`_unproved` without the comparison of the proof")
def test_a_form_without_proof_changes_nothing(visitor: Visitor, anna: User) -> None:
    given = visitor.fields(visitor.get(f"/people/{anna.number}/delete/"))
    for name in ("suspend", "reinstate", "delete"):
        for proof in ({}, {"session": given["session"]}, {**given, "proof": "0" * 64}):
            answer = visitor.post(f"/people/{anna.number}/{name}/", {**proof, "word": anna.last_name})
            assert answer.status_code == (403 if proof else 409)
    assert User.objects.get().active
