"""People of a terminal in use are taken over once somebody confirmed who they are: in place, and not written needlessly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.audit.models import Entry
from doorsync.hub.sync.errors import AdoptionChanged, NoStranger
from doorsync.hub.sync.holdings.adoption import compare
from doorsync.hub.sync.models import Holding, HoldingState, Mode, Stranger
from doorsync.hub.sync.run.adoptions import adopt_people
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories.gym import Gym, gym
from tests.factories.world import credential
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.placed import names_in, user
from tests.hub.sync.sending import send
from tests.hub.sync.used_terminal import at_terminal, read_in_use


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        for card, name in enumerate(("Alice", "Bob"), start=1):
            credential(user(name), "card", str(card))
        made.tell()
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def adopt(club: Gym, gate: Terminal) -> int:
    """Take over everybody who was matched."""
    people = {each.stranger.pk: each.person.key for each in compare(gate).matched}
    return adopt_people(terminal=gate, people=people, actor=club.actor)


@pytest.mark.requirement("I-03", mutation="`adopt_people` writing at once")
def test_adopting_writes_nothing_and_the_next_sync_replaces_in_place_what_differs(club: Gym, gate: Terminal) -> None:
    keys = {name: str(user(name).number) for name in ("Alice", "Bob")}
    there = read_in_use(club, gate, {keys["Alice"]: at_terminal("Alice", "1"), keys["Bob"]: at_terminal("Bob", "2")})
    writes, before = there.device(gate).writes, dict(there.device(gate).memory)
    assert adopt(club, gate) == 2
    assert (there.device(gate).writes, there.device(gate).memory) == (writes, before)
    send(club, there, gate)
    assert names_in(there.device(gate)) == {str(each.number): each.last_name for each in map(user, ("Alice", "Bob", "Charlie"))}
    assert not Stranger.objects.exists()
    assert Entry.objects.filter(event="strangers.adopted").exists()
    assert not Holding.objects.filter(terminal_id=gate.pk).exclude(state=HoldingState.SAME).exists()


@pytest.mark.requirement("I-06", mutation="a stranger's allowance not kept: what they have too much waits for a press")
def test_a_card_that_somebody_has_more_than_they_should_goes_by_itself_after_adopting(club: Gym, gate: Terminal) -> None:
    there = read_in_use(club, gate, {str(user("Bob").number): at_terminal("Bob", "2", "3")})
    Agent.objects.update(waited_at=timezone.now())
    adopt(club, gate)
    there.work()
    bob = there.device(gate).memory[Kind.USER, str(user("Bob").number)]
    assert bob["cards"] == ["2"]
    assert "Alice" not in names_in(there.device(gate)).values()  # whoever is new waits for the press


@pytest.mark.requirement("I-06", mutation="moving somebody without `lost`: removed at once, and back with the next press")
def test_whoever_is_there_under_another_number_is_moved_without_a_press(club: Gym, gate: Terminal) -> None:
    there = read_in_use(club, gate, {"9001": at_terminal("Bob", "2")})
    Agent.objects.update(waited_at=timezone.now())
    adopt(club, gate)
    there.work()
    assert names_in(there.device(gate)) == {str(user("Bob").number): "Bob"}


@pytest.mark.parametrize("form", [KeyForm.PLACE, KeyForm.CARD])
def test_whoever_is_at_a_place_stays_there(club: Gym, gate: Terminal, form: KeyForm) -> None:
    club.add("Dora", club.members, card="7004")
    key = "7" if form is KeyForm.PLACE else "7004"
    there = read_in_use(club, gate, {key: at_terminal("Dora", "7004")}, key_form=form)
    adopt(club, gate)
    removals = [place for place in there.device(gate).memory if place[0] is Kind.USER]
    send(club, there, gate)
    assert names_in(there.device(gate))[key] == "Dora"
    assert removals == [(Kind.USER, key)]
    assert not Stranger.objects.exists()


def test_what_was_looked_at_must_still_be_so(club: Gym, gate: Terminal) -> None:
    read_in_use(club, gate, {str(user("Bob").number): at_terminal("Bob", "2"), "9001": at_terminal("Cleaner")})
    cleaner, bob = Stranger.objects.get(name="Cleaner"), Stranger.objects.get(name="Bob")
    key = str(user("Bob").number)
    with pytest.raises(AdoptionChanged):
        adopt_people(terminal=gate, people={cleaner.pk: key}, actor=club.actor)
    with pytest.raises(AdoptionChanged):
        adopt_people(terminal=gate, people={bob.pk: str(user("Alice").number)}, actor=club.actor)
    with pytest.raises(NoStranger):
        adopt_people(terminal=gate, people={}, actor=club.actor)
    assert Stranger.objects.count() == 2


def test_nobody_is_written_again_who_is_there_just_as_they_should_be(club: Gym, gate: Terminal) -> None:
    there = Counterpart(club.agent)
    send(club, there, gate)
    memory, writes = dict(there.device(gate).memory), there.device(gate).writes
    Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER).update(held=None, allowance="")
    send(club, there, gate, mode=Mode.VERIFY, groups=frozenset({club.staff.pk}))
    assert compare(gate).matched == []  # they were recognised without being asked for
    send(club, there, gate)
    assert (there.device(gate).memory, there.device(gate).writes) == (memory, writes)
