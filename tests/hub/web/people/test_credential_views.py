"""Credentials of a person: seen as far as the administrator may, and never repeated on a fault."""

from __future__ import annotations

import pytest
from django.utils import timezone

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.users.models import Credential, LostCredential, User
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


@pytest.fixture
def anna(club: Gym) -> User:
    return club.add("Vries", club.members, first_name="Anna", card="12345678", pin="4711")


def press(visitor: Visitor, user: User, path: str, **fields: str) -> str:
    """Send a form of the page, and what the page after it says."""
    address = f"/people/{user.number}/credentials/"
    answer = visitor.post(f"{address}{path}/", {**visitor.fields(visitor.get(address)), **fields})
    return (visitor.get(address) if answer.status_code == 303 else answer).content.decode()


def held(user: User) -> dict[str, frozenset[str]]:
    return credentials_of(User.objects.select_related("company").get(pk=user.pk))


@pytest.mark.requirement("P-01", mutation="cards shown whole to everybody who may change them")
def test_a_card_is_masked_for_whoever_may_not_see_it_and_a_pin_is_hidden(visitor: Visitor, club: Gym, anna: User) -> None:
    page = visitor.get(f"/people/{anna.number}/credentials/").content.decode()
    assert "••••78" in page
    assert "12345678" not in page
    assert "4711" not in page
    Administrator.objects.update(sees_credentials=True)
    page = visitor.get(f"/people/{anna.number}/credentials/").content.decode()
    assert "12345678" in page
    assert "4711" in page


def test_a_card_is_added_beside_the_others_and_a_pin_in_the_place_of_the_other(visitor: Visitor, anna: User) -> None:
    assert "The card of Anna Vries was saved." in press(visitor, anna, "add/card", value="99")
    press(visitor, anna, "add/pin", value="0815")
    assert held(anna) == {"card": frozenset({"12345678", "99"}), "pin": frozenset({"0815"})}
    press(visitor, anna, "add/licence_plate", value="12-ab-cd")
    assert held(anna)["licence_plate"] == frozenset({"12ABCD"})


@pytest.mark.requirement("D-05", mutation="what was typed drawn again for every kind")
@pytest.mark.parametrize(
    ("kind", "value", "told"), [("pin", "47x1", "A PIN has"), ("card", "zz9", "card"), ("card", " ", "Enter the card")]
)
def test_a_fault_is_told_without_the_secret(visitor: Visitor, anna: User, kind: str, value: str, told: str) -> None:
    page = press(visitor, anna, f"add/{kind}", value=value)
    assert 'role="alert"' in page
    assert told in page
    assert value == " " or value not in page
    assert held(anna) == {"card": frozenset({"12345678"}), "pin": frozenset({"4711"})}


def test_one_is_taken_away_and_the_others_stay(visitor: Visitor, anna: User) -> None:
    other = world.credential(anna, "card", "99")
    assert "was taken away" in press(visitor, anna, f"{other.pk}/remove")
    assert held(anna) == {"card": frozenset({"12345678"}), "pin": frozenset({"4711"})}
    assert "not there any more" in press(visitor, anna, f"{other.pk}/remove")


def test_a_lost_card_is_given_to_nobody_until_it_was_found(visitor: Visitor, club: Gym, anna: User) -> None:
    card = Credential.objects.get(kind="card")
    assert "is reported lost" in press(visitor, anna, f"{card.pk}/lost")
    assert "card" not in held(anna)
    bob = club.add("Bob", club.members)
    for user in (anna, bob):
        assert "was reported lost" in press(visitor, user, "add/card", value="12345678")
        assert "card" not in held(user)
    lost = LostCredential.objects.get()
    assert "not there any more" in press(visitor, bob, f"{lost.pk}/found")
    assert "is theirs again" in press(visitor, anna, f"{lost.pk}/found")
    assert held(anna)["card"] == frozenset({"12345678"})
    assert not LostCredential.objects.exists()


def test_a_lost_card_outlives_its_owner_without_its_value(visitor: Visitor, club: Gym, anna: User) -> None:
    press(visitor, anna, f"{Credential.objects.get(kind='card').pk}/lost")
    fields = {**visitor.fields(visitor.get(f"/people/{anna.number}/")), "word": "Vries"}
    visitor.post(f"/people/{anna.number}/delete/", fields)
    lost = LostCredential.objects.get()
    assert (lost.user_id, bytes(lost.sealed)) == (None, b"")
    assert "was reported lost" in press(visitor, club.add("Bob"), "add/card", value="12345678")


def test_another_persons_credential_is_not_touched(visitor: Visitor, club: Gym, anna: User) -> None:
    bob = club.add("Bob", card="77")
    of_anna = Credential.objects.get(user=anna, kind="card")
    press(visitor, bob, f"{of_anna.pk}/remove")
    press(visitor, bob, f"{of_anna.pk}/lost")
    assert held(anna)["card"] == frozenset({"12345678"})


def test_a_temporary_card_stands_for_a_lost_one_until_that_is_found(visitor: Visitor, anna: User) -> None:
    press(visitor, anna, f"{Credential.objects.get(kind='card').pk}/lost")
    lost = LostCredential.objects.get()
    page = press(visitor, anna, "add/card", value="99000", days="2", stands_for=str(lost.pk))
    assert "It goes back by itself at the end." in page
    assert "temporary, until" in page
    row = Credential.objects.get(kind="card")
    assert (row.stands_for_id, row.ends_at is not None) == (lost.pk, True)
    assert "is theirs again" in press(visitor, anna, f"{lost.pk}/found")
    assert held(anna)["card"] == frozenset({"12345678"})


@pytest.mark.parametrize("days", ["0", "32", "-1", "1e1", "9" * 40])
def test_no_other_number_of_days_gives_a_card_for_good(visitor: Visitor, anna: User, days: str) -> None:
    page = press(visitor, anna, "add/card", value="99000", days=days)
    assert "1 to 31 days" in page
    assert held(anna)["card"] == frozenset({"12345678"})


def test_a_temporary_card_that_was_lost_is_found_too_late(visitor: Visitor, anna: User) -> None:
    press(visitor, anna, "add/card", value="99000", days="1")
    press(visitor, anna, f"{Credential.objects.get(ends_at__isnull=False).pk}/lost")
    LostCredential.objects.update(ends_at=timezone.now())
    assert "its time is over" in press(visitor, anna, f"{LostCredential.objects.get().pk}/found")
    assert held(anna)["card"] == frozenset({"12345678"})
