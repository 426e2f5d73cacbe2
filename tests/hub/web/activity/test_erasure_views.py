"""Erasures in the browser: asked on the page of a person, waited for, and told without a name."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.utils import timezone

from doorsync.hub.privacy.erasing import finish_erasures
from doorsync.hub.privacy.models import Erasure
from doorsync.hub.sync.models import Stranger
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.privacy.dump import places_of
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import send


@pytest.fixture
def anna(club: Gym) -> User:
    return club.add("Vries", club.members, first_name="Anna", card="1234567890")


def text(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def erase(visitor: Visitor, user: User, word: str) -> int:
    proof = visitor.fields(visitor.get(f"/people/{user.number}/erase/"))
    return visitor.post(f"/people/{user.number}/erase/", {**proof, "word": word}).status_code


def test_erasing_asks_for_the_name_and_says_what_goes(visitor: Visitor, anna: User) -> None:
    assert f'href="/people/{anna.number}/erase/"' in text(visitor, f"/people/{anna.number}/")
    asked = text(visitor, f"/people/{anna.number}/erase/")
    assert "Type Vries to confirm." in asked
    assert "whom Doorsync did not put there" not in asked
    assert erase(visitor, anna, "Anna") == 422
    assert erase(visitor, anna, "") == 422
    assert User.objects.exists()
    assert erase(visitor, anna, " vries ") == 303
    assert not User.objects.exists()
    assert visitor.get(f"/people/{anna.number}/erase/").status_code == 404


def test_somebody_of_the_same_name_whom_nobody_decided_on_is_told(club: Gym, visitor: Visitor, anna: User) -> None:
    fields = {"company": club.company, "kind": 1, "name": "anna vries", "held": b"x" * 16, "found_at": timezone.now()}
    Stranger.objects.create(terminal=club.terminals[0], key="900", **fields)
    assert "1 door holds somebody of this name" in text(visitor, f"/people/{anna.number}/erase/")


@pytest.mark.requirement("P-01", mutation="`erasure_receipt` with the holdings' labels")
def test_the_page_tells_the_doors_that_are_left_and_then_is_a_receipt(club: Gym, visitor: Visitor, anna: User) -> None:
    there = Counterpart(club.agent)
    for name in ("Bob", "Carol", "Dan"):
        club.add(name, club.members)
    send(club, there)
    erase(visitor, anna, "Vries")
    pk = Erasure.objects.get().pk
    there.fault = lambda name: "gone" if name == club.terminals[2].public_id else ""
    send(club, there)

    page = text(visitor, f"/activity/erasures/{pk}/")
    assert "Not out of every door yet" in page
    assert page.count("may still hold this person") == 1
    assert "Pool" in text(visitor, "/activity/erasures/")
    file = json.loads(visitor.get(f"/activity/erasures/{pk}/receipt.json").content)
    assert (file["waiting"], file["finished_at"]) == (["Pool"], None)
    assert [bool(door["confirmed_at"]) for door in file["doors"]] == [True, False]

    there.fault = lambda _name: ""
    send(club, there)
    assert "every door has confirmed; done in a moment" in text(visitor, f"/activity/erasures/{pk}/")
    finish_erasures(timezone.now())
    pages = [text(visitor, address) for address in ("/activity/erasures/", f"/activity/erasures/{pk}/")]
    assert "Nothing here names this person any more" in pages[1]
    assert "removed, and looked at afterwards" in pages[1]
    file = json.loads(visitor.get(f"/activity/erasures/{pk}/receipt.json").content)
    assert (file["type"], file["number"], file["asked_by"], file["waiting"]) == ("doorsync-erasure", anna.number, "username", [])
    assert [(door["door"], door["evidence"]) for door in file["doors"]] == [("Gate", "removed"), ("Pool", "removed")]
    assert not any("Vries" in each for each in (*pages, json.dumps(file)))


def test_a_person_in_no_door_is_done_at_once(visitor: Visitor, club: Gym) -> None:
    erase(visitor, club.add("Vries"), "Vries")
    finish_erasures(timezone.now())
    assert "No door had this person." in text(visitor, f"/activity/erasures/{Erasure.objects.get().pk}/")


def test_without_erasures_the_page_says_how(visitor: Visitor, club: Gym) -> None:
    assert "Nobody was erased yet" in text(visitor, "/activity/erasures/")
    assert visitor.get(f"/activity/erasures/{2**70}/").status_code == 404


def test_pages_lead_to_each_other(visitor: Visitor, club: Gym) -> None:
    now = timezone.now()
    Erasure.objects.bulk_create(
        Erasure(company=club.company, user_id=n, number=n, via="test", asked_at=now, finished_at=now) for n in range(51)
    )
    assert ">50</a>" in text(visitor, "/activity/erasures/")
    assert ">0</a>" in text(visitor, "/activity/erasures/?page=2")


def test_somebody_who_was_deleted_before_is_erased_by_number(club: Gym, visitor: Visitor, anna: User) -> None:
    there, number = Counterpart(club.agent), anna.number
    for name in ("Bob", "Carol", "Dan"):
        club.add(name, club.members)
    send(club, there)
    assert visitor.get(f"/activity/revocations/{number}/erase/").status_code == 404, "they are still here"
    remove_user(user=User.objects.select_related("company").get(pk=anna.pk), actor=club.actor)
    send(club, there)

    address = f"/activity/revocations/{number}/erase/"
    assert f'href="{address}"' in text(visitor, f"/activity/revocations/{number}/")
    proof = visitor.fields(visitor.get(address))
    assert visitor.post(address, {**proof, "word": "Vries"}).status_code == 422
    assert visitor.post(address, {**proof, "word": str(number)}).status_code == 303
    finish_erasures(timezone.now())
    assert "Nothing here names this person any more" in text(visitor, f"/activity/erasures/{Erasure.objects.get().pk}/")
    assert places_of(["Vries"]) == set()
    assert f'href="{address}"' not in text(visitor, f"/activity/revocations/{number}/")
    assert visitor.get(address).status_code == 404
