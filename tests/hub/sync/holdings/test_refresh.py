"""Who is wanted after changes to one person, to many, and to everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import held_of, send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.mark.requirement("R-01", mutation="refresh() of everybody without _refresh_vanished()")
def test_change_to_everybody_sees_who_was_deleted_with_it(club: Gym) -> None:
    """Many changes in one transaction end in one word for all of them, which names nobody."""
    there = Counterpart(club.agent)
    send(club, there)
    alice, bob = User.objects.order_by("last_name")
    User.objects.filter(pk=alice.pk).delete()
    club.tell()
    assert {row.state for row in Holding.objects.filter(key=str(alice.number))} == {HoldingState.REMOVE}
    row = held_of(bob, club.terminals[0])
    assert row
    assert row.state == HoldingState.SAME
    send(club, there)
    assert set(there.device(club.terminals[0]).people()) == {str(bob.number)}
