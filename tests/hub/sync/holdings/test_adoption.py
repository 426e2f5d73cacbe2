"""A terminal in use beside the hub's people: who is who, who is doubtful, who is only there or only here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.adoption import Comparison, Sign, compare
from doorsync.hub.sync.models import Mode
from doorsync.hub.terminals.models import Terminal
from tests.factories.gym import Gym, gym
from tests.hub.sync.placed import user
from tests.hub.sync.sending import send
from tests.hub.sync.used_terminal import at_terminal, read_in_use


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def compared(club: Gym, gate: Terminal, people: dict[str, dict[str, object]], **can: object) -> Comparison:
    read_in_use(club, gate, people, **can)
    return compare(gate)


def matched(found: Comparison) -> dict[str, tuple[str, set[str]]]:
    return {each.stranger.key: (each.person.name, set(each.person.signs)) for each in found.matched}


def test_people_are_matched_by_card_by_number_and_name_and_by_a_name_that_is_there_once(club: Gym, gate: Terminal) -> None:
    club.add("Dora", club.members, card="7004")
    alice = str(user("Alice").number)
    found = compared(
        club,
        gate,
        {
            alice: at_terminal("ALICE"),
            "9001": at_terminal("D.", "7004"),
            "9002": at_terminal("Bob"),
            "9003": at_terminal("Cleaner"),
        },
    )
    assert matched(found) == {
        alice: ("Alice", {Sign.NUMBER, Sign.NAME}),
        "9001": ("Dora", {Sign.CARD}),
        "9002": ("Bob", {Sign.NAME}),
    }
    assert [each.in_place for each in found.matched] == [True, False, False]
    assert [each.name for each in found.only_there] == ["Cleaner"]
    assert found.only_here == ["Charlie"]
    assert not found.doubtful


def test_two_people_with_one_name_are_doubtful_until_a_card_tells(club: Gym, gate: Terminal) -> None:
    for card in ("7005", "7006"):
        club.add("Twin", club.members, card=card)
    found = compared(club, gate, {"9001": at_terminal("Twin"), "9002": at_terminal("Twin", "7006")})
    assert [(each.stranger.key, len(each.people)) for each in found.doubtful] == [("9001", 2)]
    assert matched(found)["9002"][1] == {Sign.CARD, Sign.NAME}


def test_one_person_who_fits_two_entries_is_doubtful_at_both(club: Gym, gate: Terminal) -> None:
    found = compared(club, gate, {"9001": at_terminal("Bob"), "9002": at_terminal("Bob")})
    assert [each.stranger.key for each in found.doubtful] == ["9001", "9002"]
    assert not found.matched


@pytest.mark.requirement("I-03", mutation="the number alone being a sign although the names differ")
def test_another_name_under_the_number_of_a_person_is_only_there(club: Gym, gate: Terminal) -> None:
    found = compared(club, gate, {str(user("Bob").number): at_terminal("Fire brigade")})
    assert [each.name for each in found.only_there] == ["Fire brigade"]
    assert set(found.only_here) == {"Alice", "Bob", "Charlie"}


def test_the_number_alone_is_doubtful_where_no_names_are_shown(club: Gym, gate: Terminal) -> None:
    found = compared(club, gate, {str(user("Bob").number): at_terminal("Bob", "5")}, readable=("cards",))
    assert [[each.name for each in doubt.people] for doubt in found.doubtful] == [["Bob"]]


def test_cards_match_where_cards_are_the_keys(club: Gym, gate: Terminal) -> None:
    club.add("Dora", club.members, card="7004")
    found = compared(club, gate, {"7004": at_terminal("", "7004")}, key_form=KeyForm.CARD)
    assert [(each.person.name, each.in_place) for each in found.matched] == [("Dora", True)]


def test_own_administrators_are_left_out_and_schedules_are_shown(club: Gym, gate: Terminal) -> None:
    there = read_in_use(club, gate, {"9001": at_terminal("Installer")})
    there.device(gate).own.add((Kind.USER, "9001"))
    there.device(gate).memory[Kind.SCHEDULE, "49"] = {"name": "Cleaners", "slots": [["1", "08:00", "10:00"]]}
    send(club, there, gate, mode=Mode.VERIFY, groups=frozenset({club.staff.pk}))
    found = compare(gate)
    assert [each.name for each in found.schedules] == ["Cleaners"]
    assert not found.only_there
    assert not found.matched
