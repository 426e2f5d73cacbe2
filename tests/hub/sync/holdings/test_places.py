"""Terminals that keep people in numbered places, or under their cards: the hub gives places, and knows its own keys only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities, KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.places import Places
from doorsync.hub.sync.models import Holding, Mode, Problem, Stranger
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.stranger_decisions import release_strangers
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.world import credential
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.placed import all_same, in_places, names_in, there_with, user
from tests.hub.sync.sending import send

NAMES = ["Alice", "Bob", "Charlie"]


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(NAMES)
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def place(gate: Terminal, user: User) -> str | None:
    return Places(gate).place_of(Kind.USER, str(user.number))


@pytest.mark.requirement("I-04", mutation="`outcome_for_hub` returning the outcome as it came: nobody is ever up to date")
def test_people_and_schedules_get_places_and_are_known_by_our_numbers(club: Gym, gate: Terminal) -> None:
    device = in_places(club, gate).device(gate)
    assert names_in(device) == {"1": "Alice", "2": "Bob", "3": "Charlie"}
    assert {key for kind, key in device.memory if kind is Kind.SCHEDULE} == {"2"}
    assert all(fields["schedules"] == ["2"] for fields in device.people().values())
    assert all_same(gate)
    keys = set(Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER).values_list("key", flat=True))
    assert keys == {str(each.number) for each in User.objects.all()}


def test_a_terminal_with_our_keys_needs_no_places(club: Gym, gate: Terminal) -> None:
    there_with(club, gate)
    assert not Holding.objects.filter(place__isnull=False).exists()
    assert not Places(gate).translates


def test_a_place_is_free_again_once_the_removal_is_confirmed_and_not_before(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    club.remove(user("Bob"))
    club.add("Dora", club.members)
    there.fault = lambda _: "gone"
    send(club, there)
    assert names_in(there.device(gate)) == {"1": "Alice", "2": "Bob", "3": "Charlie"}
    there.fault = lambda _: ""
    send(club, there)
    assert "Bob" not in names_in(there.device(gate)).values()
    assert len(set(names_in(there.device(gate)))) == 3
    assert all_same(gate)


@pytest.mark.requirement("I-03", mutation="`give` not looking at strangers: the caretaker is overwritten")
def test_a_place_that_a_stranger_has_is_given_to_nobody(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    there.device(gate).memory[Kind.USER, "4"] = {**there.device(gate).memory[Kind.USER, "1"], "name": "Caretaker"}
    club.add("Dora", club.members)
    send(club, there)  # the agent finds somebody at the place, and leaves them alone
    send(club, there)
    assert names_in(there.device(gate))["4"] == "Caretaker"
    assert names_in(there.device(gate))["5"] == "Dora"
    assert [(each.key, each.name) for each in Stranger.objects.filter(terminal=gate)] == [("@4", "Caretaker")]
    assert all_same(gate)


def test_a_stranger_that_is_found_by_reading_can_be_released_and_is_removed_at_its_place(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    there.device(gate).memory[Kind.USER, "9"] = {**there.device(gate).memory[Kind.USER, "1"], "name": "Caretaker"}
    send(club, there, mode=Mode.VERIFY)
    stranger = Stranger.objects.get(terminal=gate)
    assert (stranger.key, stranger.name) == ("@9", "Caretaker")
    assert all_same(gate)
    release_strangers(terminal=gate, ids=[stranger.pk], actor=club.actor)
    send(club, there, gate)
    assert names_in(there.device(gate)) == {"1": "Alice", "2": "Bob", "3": "Charlie"}


@pytest.mark.requirement("R-03", mutation="`_rename` doing nothing: whoever took the place keeps it from the person for ever")
def test_somebody_else_at_a_given_place_is_a_stranger_and_the_person_gets_another(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    device = there.device(gate)
    device.memory[Kind.USER, "2"] = {**device.memory[Kind.USER, "2"], "name": "Intruder", "pin": "9999"}
    gate.refresh_from_db()
    Holding.objects.filter(terminal_id=gate.pk, key=str(user("Bob").number)).update(
        held=b"", before=b""
    )  # unknown, as after a restore
    send(club, there, mode=Mode.VERIFY)
    assert [(each.key, each.name) for each in Stranger.objects.filter(terminal=gate)] == [("@2", "Intruder")]
    assert names_in(device)["2"] == "Intruder"
    assert names_in(device)["4"] == "Bob"
    assert all_same(gate)


def test_what_was_changed_at_a_place_behind_our_back_is_repaired(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    there.device(gate).memory[Kind.USER, "2"]["name"] = "Bobby"
    del there.device(gate).memory[Kind.USER, "3"]
    send(club, there, mode=Mode.VERIFY)
    assert names_in(there.device(gate)) == {"1": "Alice", "2": "Bob", "3": "Charlie"}
    assert all_same(gate)


# Cards as keys.


def by_cards(club: Gym, gate: Terminal, *, cards: bool = True) -> Counterpart:
    for number, name in enumerate(NAMES if cards else NAMES[:2]):
        credential(user(name), "card", str(7001 + number))
    club.tell()
    return there_with(club, gate, key_form=KeyForm.CARD)


def test_people_are_kept_under_their_cards_and_the_database_has_them_sealed_only(club: Gym, gate: Terminal) -> None:
    there = by_cards(club, gate)
    assert names_in(there.device(gate)) == {"7001": "Alice", "7002": "Bob", "7003": "Charlie"}
    assert all_same(gate)
    for holding in Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER):
        assert holding.place is not None
        assert b"700" not in bytes(holding.place)


@pytest.mark.requirement("I-06", mutation="`moves` always false: the lost card opens the door until the new one is there")
def test_a_changed_card_is_a_removal_at_the_old_place_first(club: Gym, gate: Terminal) -> None:
    there = by_cards(club, gate)
    written: list[set[str]] = []
    there.written = lambda: written.append(set(there.device(gate).people()))
    bob = user("Bob")
    bob.credentials.all().delete()
    credential(bob, "card", "7999")
    club.tell(bob)
    send(club, there, gate)
    assert written[0] == {"7001", "7003"}  # the lost card died first
    assert names_in(there.device(gate)) == {"7001": "Alice", "7999": "Bob", "7003": "Charlie"}
    assert place(gate, bob) == "7999"
    assert all_same(gate)


@pytest.mark.requirement("I-08", mutation="`give` giving a place that is somebody's")
def test_a_card_that_is_handed_on_leaves_its_first_owner_and_arrives_at_the_second(club: Gym, gate: Terminal) -> None:
    there = by_cards(club, gate)
    alice, bob = user("Alice"), user("Bob")
    for each in (alice, bob):
        each.credentials.all().delete()
    credential(alice, "card", "7002")
    credential(bob, "card", "7001")
    club.tell(alice, bob)
    send(club, there, gate)
    assert names_in(there.device(gate)) == {"7002": "Alice", "7001": "Bob", "7003": "Charlie"}
    assert all_same(gate)


def test_a_stranger_with_a_card_is_stored_without_its_number(club: Gym, gate: Terminal) -> None:
    there = by_cards(club, gate)
    there.device(gate).memory[Kind.USER, "8888"] = {**there.device(gate).memory[Kind.USER, "7001"], "name": "Caretaker"}
    send(club, there, mode=Mode.VERIFY)
    stranger = Stranger.objects.get(terminal=gate)
    assert stranger.key.startswith("@")
    assert "8888" not in stranger.key
    release_strangers(terminal=gate, ids=[stranger.pk], actor=club.actor)
    send(club, there, gate)
    assert "8888" not in there.device(gate).people()


def test_whose_card_a_stranger_has_waits_and_overwrites_nobody(club: Gym, gate: Terminal) -> None:
    there = by_cards(club, gate, cards=False)
    there.device(gate).memory[Kind.USER, "7003"] = {**there.device(gate).memory[Kind.USER, "7001"], "name": "Caretaker"}
    credential(user("Charlie"), "card", "7003")
    club.tell()
    send(club, there, gate)
    send(club, there, gate)
    assert names_in(there.device(gate))["7003"] == "Caretaker"
    assert RunTerminalCode.NO_PLACE() in [problem.message for problem in Problem.objects.all()]


def test_places_run_out_and_say_so(club: Gym, gate: Terminal) -> None:
    in_places(club, gate)
    places = Places(gate)
    full = Capabilities.from_dict({**gate.limits, "capacity": 3})
    gate.limits = full.as_dict()
    places = Places(gate)
    assert places.give(Kind.USER, "999") is None
    assert places.place_of(Kind.USER, "999") is None
