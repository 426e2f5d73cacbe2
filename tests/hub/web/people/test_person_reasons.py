"""What a terminal holds otherwise than the person's page says is told on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import Letters, Readback
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from doorsync.hub.web.people.person_reasons import person_reasons
from doorsync.hub.web.people.person_status import person_status
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState, person_terminals
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import limit, send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Łukasz"])
    with scope(company=made.company):
        yield made


def at_gate(club: Gym) -> PersonAtTerminal:
    user = User.objects.get()
    places = person_terminals(club.company, key=str(user.number), user_id=user.pk)
    return next(place for place in places if place.terminal.name == "Gate")


def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def test_a_name_in_other_letters_and_an_expiry_that_is_not_held_are_told(club: Gym) -> None:
    there = Counterpart(club.agent)
    User.objects.update(expires="2099-12-31T18:00")
    limit(club, there, gate(club), name_letters=Letters.ASCII, until=False)
    send(club, there)
    told = " ".join(person_reasons(at_gate(club)))
    assert "This terminal spells the name Lukasz." in told
    assert "This terminal holds no expiry" in told


def test_a_terminal_that_holds_all_as_it_is_says_nothing(club: Gym) -> None:
    send(club, Counterpart(club.agent))
    assert not [text for text in person_reasons(at_gate(club)) if "This terminal" in text]


@pytest.mark.requirement("I-04", mutation="`person_status` without `_accepted`")
def test_whom_only_a_terminal_took_that_shows_nothing_is_called_accepted(club: Gym) -> None:
    there = Counterpart(club.agent)
    limit(club, there, gate(club), read_back=Readback.NONE, readable=[], schedule_readable=[])
    send(club, there)
    place = at_gate(club)
    assert place.state is PersonState.ACCEPTED
    assert person_status([place]).sentence == "Accepted by 1 terminal that cannot be read back."
