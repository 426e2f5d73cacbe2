"""The page that adopts a terminal in use: each group is shown and confirmed by itself, and nothing is written before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.sync.models import Holding, HoldingState, Stranger
from tests.factories.desk import Desk, desk_of
from tests.factories.gym import Gym, gym
from tests.hub.sync.placed import user
from tests.hub.sync.used_terminal import at_terminal, read_in_use


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        for card in ("7005", "7006"):
            made.add("Twin", made.members, card=card)
        keys = {name: str(user(name).number) for name in ("Alice", "Bob")}
        people = {keys["Alice"]: at_terminal("Alice", "1"), keys["Bob"]: at_terminal("Bob", "2")}
        read_in_use(made, made.terminals[0], {**people, "9001": at_terminal("Twin"), "9002": at_terminal("Cleaner", "9")})
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    return desk_of(club)


def address(club: Gym) -> str:
    return f"/doors/{club.terminals[0].public_id}/adopt/"


def pair(name: str, *, as_key: str = "") -> str:
    stranger = Stranger.objects.get(name=name)
    return f"{stranger.pk}:{as_key or stranger.key}"


def test_every_group_is_shown_and_nothing_is_held_before_it_is_confirmed(desk: Desk, club: Gym) -> None:
    page = desk.read(address(club))
    for title in ("In both (2)", "Doubtful (1)", "Only in the terminal (1)", "Only in Doorsync (1)"):
        assert title in page
    assert "Charlie" in page
    assert f'value="{pair("Alice")}" checked' in page
    assert Stranger.objects.count() == 4
    assert address(club) in desk.read(f"/doors/{club.terminals[0].public_id}/")


def test_matched_people_are_taken_over_with_exceptions(desk: Desk, club: Gym) -> None:
    assert desk.send(address(club), decision="adopt", pair=pair("Alice"))[0] == 303
    assert set(Stranger.objects.values_list("name", flat=True)) == {"Bob", "Twin", "Cleaner"}
    alice = Holding.objects.get(terminal_id=club.terminals[0].pk, key=str(user("Alice").number))
    assert alice.state == HoldingState.CHANGED
    assert "1 person was taken over." in desk.read(address(club))


def test_doubtful_person_is_chosen(desk: Desk, club: Gym) -> None:
    twin = Holding.objects.filter(label="Twin").order_by("key")[0]
    assert desk.send(address(club), decision="adopt", pair=pair("Twin", as_key=twin.key))[0] == 303
    assert not Stranger.objects.filter(name="Twin").exists()


def test_only_there_are_kept_or_removed(desk: Desk, club: Gym) -> None:
    cleaner = Stranger.objects.get(name="Cleaner")
    assert desk.send(address(club), decision="keep", stranger=str(cleaner.pk))[0] == 303
    assert Stranger.objects.get(name="Cleaner").kept
    assert desk.send(address(club), decision="release", stranger=str(cleaner.pk))[0] == 303
    assert Holding.objects.get(key="9002").state == HoldingState.REMOVE


NOBODY = ({"decision": "adopt"}, {"decision": "keep"}, {"decision": "adopt", "pair": "x:1"}, {"decision": "eat", "stranger": "1"})


@pytest.mark.parametrize("sent", NOBODY)
def test_deciding_on_nobody_says_so(desk: Desk, club: Gym, sent: dict[str, str]) -> None:
    status, page = desk.send(address(club), **sent)
    assert (status, "Tick whom you have decided on first." in page) == (409, True)


def test_a_pair_that_does_not_fit_is_refused_and_nothing_changes(desk: Desk, club: Gym) -> None:
    status, page = desk.send(address(club), decision="adopt", pair=pair("Cleaner", as_key=str(user("Bob").number)))
    assert (status, "look again" in page) == (409, True)
    assert Stranger.objects.count() == 4


def test_another_companys_door_is_not_found(desk: Desk) -> None:
    other = gym(["Dora"], other=True)
    assert desk.get(address(other)).status_code == 404
