"""A card that was held to a reader is picked from a list, and its number never travels to the browser of who may not see it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from doorsync.domain.door_events import CredentialUsed, EventCode, Reason
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credentials_of
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.events.logs import Site, event

CARD = "87654321"


def hold_to_the_reader(club: Gym, card: str = CARD, position: int = 1, terminal: int = 0) -> int:
    """The number of the event that comes of it."""
    door = club.terminals[terminal]
    here, now = Site(club.company, club.agent, door), timezone.now().replace(microsecond=0)
    refused = event(position, at=now, code=EventCode.DENIED, reason=Reason.UNKNOWN, used=CredentialUsed.CARD, card=card)
    here.take(refused, terminal=door, serial=door.serial)
    return AccessEvent.objects.latest("number").number


def add_a_person(visitor: Visitor, **fields: str) -> str:
    proof = visitor.fields(visitor.get("/people/add/"))
    answer = visitor.post("/people/add/", {**proof, "first_name": "Anna", "last_name": "Vries", **fields})
    return (visitor.get(answer["Location"]) if answer.status_code == 303 else answer).content.decode()


def cards() -> list[frozenset[str]]:
    return [credentials_of(user).get("card", frozenset()) for user in User.objects.select_related("company")]


def test_a_new_person_gets_the_card_that_was_picked(visitor: Visitor, club: Gym) -> None:
    number = hold_to_the_reader(club)
    assert "Gate" in visitor.get("/people/add/").content.decode()
    assert "Anna Vries was saved." in add_a_person(visitor, refused=str(number))
    assert cards() == [frozenset({CARD})]


def test_a_person_who_is_there_gets_one_more_for_good_or_for_some_days(visitor: Visitor, club: Gym) -> None:
    anna = club.add("Vries", card="5")
    address = f"/people/{anna.number}/credentials/"
    for position, (card, days) in enumerate({"66": "", "77": "1"}.items(), start=1):
        number = hold_to_the_reader(club, card, position)
        fields = visitor.fields(visitor.get(address))
        answer = visitor.post(f"{address}add/card/", {**fields, "refused": str(number), "days": days})
        assert answer.status_code == 303
    assert cards() == [frozenset({"5", "66", "77"})]
    assert anna.credentials.filter(ends_at__isnull=False).count() == 1


@pytest.mark.requirement("P-01", mutation="refused_lately() showing each card whole")
def test_as_much_of_it_is_shown_as_of_other_cards(visitor: Visitor, club: Gym) -> None:
    hold_to_the_reader(club)
    page = visitor.get("/people/add/").content.decode()
    assert "••••21" in page
    assert CARD not in page
    Administrator.objects.update(sees_credentials=True)
    assert CARD in visitor.get("/people/add/").content.decode()


@pytest.mark.requirement("D-05", mutation="a fault drawn with the card that was picked")
def test_somebodys_card_is_refused_and_their_name_told(visitor: Visitor, club: Gym) -> None:
    club.add("Bob", card=CARD)
    page = add_a_person(visitor, refused=str(hold_to_the_reader(club)))
    assert "belongs to Bob" in page
    assert CARD not in page
    assert User.objects.count() == 1


def test_what_was_typed_counts_and_what_is_gone_is_refused(visitor: Visitor, club: Gym) -> None:
    number = hold_to_the_reader(club)
    AccessEvent.objects.update(at=timezone.now() - timedelta(hours=2))
    for gone in (str(number), "999", "x", quote("1'"), "9" * 40):
        assert "not among those" in add_a_person(visitor, refused=gone)
    assert not User.objects.exists()
    add_a_person(visitor, refused=str(number), cards="42")
    assert cards() == [frozenset({"42"})]


def test_looking_again_saves_nothing_and_keeps_what_was_typed(visitor: Visitor, club: Gym) -> None:
    fields = visitor.fields(visitor.get("/people/add/"))
    hold_to_the_reader(club)
    answer = visitor.post("/people/add/", {**fields, "look": "1", "first_name": "Anna", "last_name": "Vries"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "••••21" in page
    assert 'value="Vries"' in page
    assert not User.objects.exists()
