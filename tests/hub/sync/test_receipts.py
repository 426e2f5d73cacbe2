"""What a receipt moves when nobody could read back what became of an order."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.sync.choices import Choice
from doorsync.hub.sync.models import Holding, Line, State
from doorsync.hub.sync.runs import press
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


def sync(club: Gym, there: Counterpart) -> None:
    gate = Choice(terminals=frozenset({club.terminals[0].pk}))
    press(company=club.company, choice=gate, confirmed=None, actor=club.actor)
    Line.objects.update(retry_at=None)
    there.work()


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R-02", mutation="an unknown outcome leaving held as it was")
def test_what_nobody_could_read_back_is_not_called_the_same_when_it_is_wanted_as_before(transactional_db: None) -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        there = Counterpart(club.agent)
        sync(club, there)
        alice, device = club.members.users.get(), there.device(club.terminals[0])
        there.fault = lambda _: "lost"
        for name in ("Renamed", "Renamed again"):  # of two orders, one gets through before the terminal is lost
            club.rename(alice, name)
            sync(club, there)
        stored = device.memory[Kind.USER, str(alice.number)]["name"]
        assert stored != "Alice", "the order did get through"

        club.rename(alice, "Alice")
        assert not Holding.objects.filter(terminal_id=club.terminals[0].pk, kind=Kind.USER, state=State.SAME).exists()
        there.fault = lambda _: ""
        sync(club, there)
        assert device.memory[Kind.USER, str(alice.number)]["name"] == "Alice"
