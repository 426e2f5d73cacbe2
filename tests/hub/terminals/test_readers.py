"""What the readers of a door show of a card is what its terminal holds, and leads back to the card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.cards import Readers
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.audit.models import Entry
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.actions import set_readers
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.actions import change_user
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import held_of, send

CARD, SHOWN, LONGER = str(0xB0A5FD), "17642493", str(0x02B0A5FD)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


def cards_at(there: Counterpart, terminal: Terminal) -> dict[str, object]:
    return {key: fields["cards"] for key, fields in there.device(terminal).people().items()}


def give(club: Gym, user: User, card: str) -> None:
    change_user(user=user, actor=club.actor, credentials={"card": frozenset({card})})


@pytest.mark.requirement("R-06", mutation="`spelt_card` cutting a card to 24 bits")
def test_each_door_gets_what_its_readers_show_and_nobody_gets_a_card_that_they_cannot_show(club: Gym) -> None:
    alice, bob = User.objects.order_by("last_name")
    gate, _office, other = club.terminals
    assert set_readers(terminal=gate, readers=Readers.FACILITY, actor=club.actor)
    assert not set_readers(terminal=gate, readers=Readers.FACILITY, actor=club.actor)
    give(club, alice, CARD)
    give(club, bob, LONGER)  # its last 24 bits are those of Alice's card
    there = Counterpart(club.agent)
    send(club, there)
    assert cards_at(there, gate) == {str(alice.number): [SHOWN]}
    assert cards_at(there, other) == {str(alice.number): [CARD], str(bob.number): [LONGER]}
    refused = held_of(bob, gate)
    assert refused
    assert refused.refusal == RefusalCode.CARD_NOT_SHOWN()


def test_after_another_setting_everybody_with_a_card_is_written_anew(club: Gym) -> None:
    alice, bob = User.objects.order_by("last_name")
    gate = club.terminals[0]
    give(club, alice, CARD)
    there = Counterpart(club.agent)
    send(club, there)
    set_readers(terminal=gate, readers=Readers.REVERSED_4, actor=club.actor)
    changed, same = held_of(alice, gate), held_of(bob, gate)
    assert changed
    assert same
    assert (changed.state, same.state) == (HoldingState.CHANGED, HoldingState.SAME)
    send(club, there)
    assert cards_at(there, gate)[str(alice.number)] == [str(0xFDA5B000)]
    assert Entry.objects.filter(event="terminal.changed").exists()


@pytest.mark.requirement("G-02", mutation="set_readers() working out everybody at every terminal")
def test_another_setting_touches_no_other_door(club: Gym) -> None:
    Holding.objects.update(wanted=b"as it was")
    set_readers(terminal=club.terminals[0], readers=Readers.REVERSED_4, actor=club.actor)
    untouched = set(Holding.objects.filter(wanted=b"as it was").values_list("terminal_id", flat=True))
    assert untouched == {club.terminals[1].pk, club.terminals[2].pk}


def test_a_word_of_a_newer_version_counts_as_the_number_itself(club: Gym) -> None:
    club.terminals[0].readers = "of-tomorrow"
    assert club.terminals[0].card_readers is Readers.AS_IS
