"""A terminal that was put back to an older state: whoever had been removed there is removed again, without a decision."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Holding, HoldingState, Mode, Stranger
from doorsync.hub.sync.models.former_entries import FormerEntry
from doorsync.hub.sync.run.stranger_decisions import release_strangers
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.world import credential
from tests.hub.sync.counterpart import Counterpart, Place
from tests.hub.sync.placed import all_same, names_in, there_with, user
from tests.hub.sync.sending import change, send

NAMES = ["Alice", "Bob", "Charlie"]
FORMS: dict[KeyForm, dict[str, object]] = {
    KeyForm.DIGITS: {},
    KeyForm.PLACE: {"key_form": KeyForm.PLACE, "schedule_key_form": KeyForm.PLACE, "first_schedule_place": 2},
    KeyForm.CARD: {"key_form": KeyForm.CARD},
}
NAMELESS = ("cards", "pin", "schedules", "until")
every_form = pytest.mark.parametrize("form", FORMS)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(NAMES)
    with scope(company=made.company):
        for number, name in enumerate(NAMES):
            credential(user(name), "card", str(7001 + number))
        made.tell()
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def older_state(there: Counterpart, gate: Terminal) -> dict[Place, dict[str, object]]:
    return deepcopy(there.device(gate).memory)


def give_card(club: Gym, person: User, card: str) -> None:
    person.credentials.all().delete()
    credential(person, "card", card)
    club.tell(person)


def put_back(there: Counterpart, gate: Terminal, state: dict[Place, dict[str, object]]) -> None:
    there.device(gate).memory = deepcopy(state)


@pytest.mark.requirement("R-03", mutation="`recognised` finding nobody: the removed person opens the door until somebody decides")
@every_form
def test_a_removed_person_who_is_back_is_removed_without_a_decision(club: Gym, gate: Terminal, form: KeyForm) -> None:
    there = there_with(club, gate, **FORMS[form])
    before = older_state(there, gate)
    club.remove(user("Bob"))
    send(club, there)
    put_back(there, gate, before)
    send(club, there)
    assert sorted(names_in(there.device(gate)).values()) == ["Alice", "Charlie"]
    assert not Stranger.objects.exists()
    assert all_same(gate)


@pytest.mark.requirement("R-03", mutation="receipts not noting the card that a record lost")
@pytest.mark.parametrize("form", [KeyForm.DIGITS, KeyForm.PLACE])
def test_a_card_that_somebody_had_long_before_they_left_is_known_where_no_names_are_shown(
    club: Gym, gate: Terminal, form: KeyForm
) -> None:
    there = there_with(club, gate, **FORMS[form], readable=NAMELESS)
    before = older_state(there, gate)
    give_card(club, user("Bob"), "7999")
    send(club, there)
    club.remove(user("Bob"))
    send(club, there)
    put_back(there, gate, before)
    send(club, there, mode=Mode.VERIFY)
    assert not any("7002" in str(fields["cards"]) for fields in there.device(gate).people().values())
    assert not Stranger.objects.exists()


@pytest.mark.requirement("I-06", mutation="noting whoever is removed under the card that they get next")
def test_a_lost_card_that_is_back_where_cards_are_the_keys_is_removed(club: Gym, gate: Terminal) -> None:
    there = there_with(club, gate, **FORMS[KeyForm.CARD], readable=NAMELESS)
    before = older_state(there, gate)
    give_card(club, user("Bob"), "7999")
    send(club, there)
    put_back(there, gate, {**before, **there.device(gate).memory})
    send(club, there, mode=Mode.VERIFY)
    assert set(there.device(gate).people()) == {"7001", "7999", "7003"}
    assert all_same(gate)


@pytest.mark.requirement("I-03", mutation="`recognised` asking for the key alone")
@every_form
def test_somebody_else_under_the_key_of_a_removed_person_is_a_stranger(club: Gym, gate: Terminal, form: KeyForm) -> None:
    there = there_with(club, gate, **FORMS[form])
    before = older_state(there, gate)
    club.remove(user("Bob"))
    send(club, there)
    key = next(key for (kind, key), fields in before.items() if kind is Kind.USER and fields["name"] == "Bob")
    there.device(gate).memory[Kind.USER, key] = {**before[Kind.USER, key], "name": "Fire brigade", "cards": ["112"]}
    send(club, there)
    assert "Fire brigade" in names_in(there.device(gate)).values()
    assert Stranger.objects.get(terminal=gate).name == "Fire brigade"


@pytest.mark.requirement("I-03", mutation="remembering by company, not by terminal")
@every_form
def test_whoever_was_removed_at_one_terminal_is_a_stranger_at_another(club: Gym, gate: Terminal, form: KeyForm) -> None:
    there = there_with(club, gate, **FORMS[form])
    pool = club.terminals[2]
    before = older_state(there, gate)
    club.remove(user("Bob"))
    send(club, there)
    Holding.objects.filter(terminal_id=pool.pk).delete()
    there.device(pool).memory = {}
    key = next(key for (kind, key), fields in before.items() if kind is Kind.USER and fields["name"] == "Bob")
    there.device(pool).memory[Kind.USER, key] = before[Kind.USER, key]
    FormerEntry.objects.filter(terminal=pool).delete()
    send(club, there, pool, mode=Mode.VERIFY)
    assert Stranger.objects.filter(terminal=pool, name="Bob").exists()


@pytest.mark.requirement("R-03", mutation="only snapshots looking for former entries, not receipts")
def test_a_former_person_at_a_place_that_is_given_anew_is_replaced(club: Gym, gate: Terminal) -> None:
    there = there_with(club, gate, **FORMS[KeyForm.PLACE])
    there.counts = False  # nothing but the write itself meets them
    before = older_state(there, gate)
    club.remove(user("Bob"))
    send(club, there)
    put_back(there, gate, before)
    club.add("Dora", club.members)
    send(club, there)
    assert names_in(there.device(gate)) == {"1": "Alice", "2": "Dora", "3": "Charlie"}
    assert not Stranger.objects.exists()
    assert all_same(gate)


@pytest.mark.requirement("R-03", mutation="`_forget` dropping removals that a reading confirms without noting them")
@every_form
def test_whoever_was_gone_when_the_terminal_was_read_is_known_again(club: Gym, gate: Terminal, form: KeyForm) -> None:
    there = there_with(club, gate, **FORMS[form])
    before = older_state(there, gate)
    there.device(gate).memory = {}  # emptied at the terminal
    club.remove(user("Bob"))
    send(club, there, mode=Mode.VERIFY)
    put_back(there, gate, before)
    send(club, there, mode=Mode.VERIFY)
    assert sorted(names_in(there.device(gate)).values()) == ["Alice", "Charlie"]
    assert not Stranger.objects.exists()


@every_form
def test_whoever_is_wanted_again_gets_their_new_card_in_place_of_the_old_entry(club: Gym, gate: Terminal, form: KeyForm) -> None:
    there = there_with(club, gate, **FORMS[form])
    before = older_state(there, gate)
    bob = user("Bob")
    bob.groups.clear()
    club.tell(bob)
    send(club, there)
    put_back(there, gate, before)
    bob.groups.add(club.members, through_defaults={"company": club.company})
    give_card(club, bob, "7999")
    send(club, there, mode=Mode.VERIFY)
    cards = {str(fields["name"]): fields["cards"] for fields in there.device(gate).people().values()}
    assert cards == {"Alice": ["7001"], "Bob": ["7999"], "Charlie": ["7003"]}
    assert not Stranger.objects.exists()


@pytest.mark.requirement("D-03", mutation="the guard counting whoever is removed once more")
def test_a_released_stranger_who_is_back_is_removed_again(club: Gym, gate: Terminal) -> None:
    there = there_with(club, gate)
    there.device(gate).memory[Kind.USER, "7000"] = {"name": "Cleaner", "cards": [], "pin": "", "schedules": [], "until": ""}
    send(club, there)
    before = older_state(there, gate)
    release_strangers(terminal=gate, ids=[Stranger.objects.get(terminal=gate).pk], actor=club.actor)
    send(club, there)
    put_back(there, gate, before)
    send(club, there)
    assert "7000" not in there.device(gate).people()


def test_own_administrator_with_the_name_of_somebody_removed_stays(club: Gym, gate: Terminal) -> None:
    there = there_with(club, gate)
    before = older_state(there, gate)
    key = str(user("Bob").number)
    club.remove(user("Bob"))
    send(club, there)
    put_back(there, gate, before)
    there.device(gate).own.add((Kind.USER, key))
    send(club, there)
    assert key in there.device(gate).people()


@pytest.mark.requirement("D-05", mutation="storing the name or the card itself")
def test_nothing_that_tells_who_it_was_is_stored(club: Gym, gate: Terminal) -> None:
    there = there_with(club, gate, **FORMS[KeyForm.CARD])
    club.remove(user("Bob"))
    send(club, there)
    rows = list(FormerEntry.objects.filter(terminal=gate))
    assert rows
    assert all(len(bytes(row.mark)) == 16 for row in rows)
    assert {field.name for field in FormerEntry._meta.get_fields()} == {"id", "company", "terminal", "mark", "noted_at"}


@pytest.mark.requirement("I-06", mutation="a record that only lost its place counting as somebody new")
def test_a_new_card_where_cards_are_the_keys_needs_no_press(club: Gym, gate: Terminal) -> None:
    there = there_with(club, gate, **FORMS[KeyForm.CARD])
    Agent.objects.update(waited_at=timezone.now())  # it dials out, so that nobody has to carry
    change(club, user("Bob"), credentials={"card": frozenset({"7999"})})
    there.work()
    assert set(there.device(gate).people()) == {"7001", "7999", "7003"}
    assert Holding.objects.get(terminal_id=gate.pk, key=str(user("Bob").number)).state == HoldingState.SAME
