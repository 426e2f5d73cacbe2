"""How many orders a batch has: by how quickly the last one of its terminal was answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.courier import dispatch
from doorsync.hub.sync.models import Batch
from doorsync.hub.sync.run import run_terminal_states
from doorsync.hub.sync.run.batch_sizes import MOST, batch_size
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run, send

PEOPLE = 12


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(f"Person {number:02}" for number in range(PEOPLE))
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    counterpart = Counterpart(club.agent)
    send(club, counterpart, club.terminals[0])
    return counterpart


def answered_within(terminal: Terminal, seconds: float) -> Terminal:
    """The terminal, as if its last batch had taken so long."""
    fresh = Terminal.objects.get(pk=terminal.pk)
    now = timezone.now()
    last = Batch.objects.filter(hash=fresh.chain_head)
    assert last.update(issued_at=now - timedelta(seconds=seconds), answered_at=now) == 1
    return fresh


@pytest.mark.requirement(
    "R-04", mutation="batch_size() always the least; or without MOST; or of a batch that was answered slowly"
)
@pytest.mark.parametrize(
    ("seconds", "size"), [(0.5, 2 * (PEOPLE + 1)), (0.001, MOST), (1.0, PEOPLE + 1), (600.0, 10), (-5.0, 10)]
)
def test_a_terminal_that_is_quick_gets_more_at_once(club: Gym, there: Counterpart, seconds: float, size: int) -> None:
    gate = answered_within(club.terminals[0], seconds)
    assert batch_size(gate, least=10) == size


@pytest.mark.requirement("R-04", mutation="batch_size() of a batch that was short of orders, or read the whole terminal")
def test_a_short_batch_says_nothing(club: Gym, there: Counterpart) -> None:
    gate = answered_within(club.terminals[0], 0.01)
    assert batch_size(gate, least=PEOPLE + 2) == PEOPLE + 2
    Batch.objects.filter(hash=gate.chain_head).update(whole="read")
    assert batch_size(gate, least=10) == 10
    assert batch_size(club.terminals[1], least=10) == 10, "of a terminal that never answered nothing is known"


@pytest.mark.requirement("R-04", mutation="a large batch although somebody is to be removed")
def test_a_batch_that_removes_is_not_larger_than_what_can_be_signed_about_it(
    club: Gym, there: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_terminal_states, "SIZE", 4)
    answered_within(club.terminals[0], 0.001)
    for number in range(9):
        club.add(f"Guest {number}", club.members)
    open_run(club, club.terminals[0])
    there.hello()
    dispatch.next_batches(there.row(), there.nonce)
    assert len(Batch.objects.get(status=Batch.OPEN).orders) == 9
    there.work()
    answered_within(club.terminals[0], 0.001)
    for user in User.objects.order_by("number")[:6]:
        club.remove(user)
    open_run(club, club.terminals[0])
    there.hello()
    dispatch.next_batches(there.row(), there.nonce)
    assert len(Batch.objects.get(status=Batch.OPEN).orders) == 4
