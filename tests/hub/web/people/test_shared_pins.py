"""A PIN that somebody else has is told where it was entered, and for as long as it is so."""

from __future__ import annotations

import pytest

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.users.models import User
from doorsync.hub.web.people.shared_pins import shared_pin_warning
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.web.people.test_credential_views import press

WARNING = "have the same PIN: a door that takes a PIN alone cannot tell them apart."


@pytest.fixture
def bob(club: Gym) -> User:
    return club.add("Bakker", club.members, first_name="Bob", pin="4711")


@pytest.mark.requirement("D-04", mutation="add_person() without tell_shared_pin()")
def test_new_person_with_a_pin_that_somebody_has_is_saved_with_a_warning(visitor: Visitor, club: Gym, bob: User) -> None:
    fields = {**visitor.fields(visitor.get("/people/add/")), "last_name": "Vries", "pin": "4711"}
    page = visitor.get(visitor.post("/people/add/", fields)["Location"]).content.decode()
    assert f"Vries and Bob Bakker (number {bob.number}) {WARNING}" in page
    assert "4711" not in page


def test_pin_that_is_entered_later_is_told_until_it_is_another(visitor: Visitor, club: Gym, bob: User) -> None:
    anna = club.add("Vries", club.members, first_name="Anna", pin="1")
    assert WARNING not in press(visitor, anna, "add/pin", value="2")
    assert press(visitor, anna, "add/pin", value="4711").count(WARNING) == 1
    assert (
        f"Bob Bakker and Anna Vries (number {anna.number}) {WARNING}"
        in visitor.get(f"/people/{bob.number}/credentials/").content.decode()
    )
    assert WARNING not in press(visitor, anna, "add/pin", value="3")


def test_equal_digits_of_another_kind_are_no_shared_pin(club: Gym, bob: User) -> None:
    anna = club.add("Vries", club.members, first_name="Anna", card="4711")
    assert shared_pin_warning(anna, club.administrator) == ""


def test_no_more_are_named_than_fit_and_nobody_whom_the_administrator_does_not_see(club: Gym, bob: User) -> None:
    for name in ("Two", "Three", "Four", "Five"):
        club.add(name, club.members, pin="4711")
    assert shared_pin_warning(bob, club.administrator).startswith("Bob Bakker and Two (number ")
    assert " and 1 more have the same PIN" in shared_pin_warning(bob, club.administrator)
    club.administrator.limited = True
    club.administrator.save()
    limited = Administrator.objects.get(pk=club.administrator.pk)
    assert shared_pin_warning(bob, limited) == f"Bob Bakker and somebody else {WARNING}"
