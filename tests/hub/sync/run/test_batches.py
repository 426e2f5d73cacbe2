"""What goes into a terminal's next batch, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.courier import dispatch
from doorsync.hub.sync.models import Batch
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import held_of, open_run, send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    counterpart = Counterpart(club.agent)
    send(club, counterpart)
    return counterpart


def next_batch(club: Gym, there: Counterpart) -> Batch:
    """The gate's, as it is issued now."""
    there.hello()
    dispatch.next_batches(there.row(), there.nonce)
    return Batch.objects.get(terminal=club.terminals[0], status=Batch.OPEN)


@pytest.mark.requirement("R-09", mutation="_new_orders() not looking for what time has overtaken")
def test_who_expired_before_the_clock_saw_it_is_not_sent(club: Gym, there: Counterpart) -> None:
    start = timezone.now()
    soon = (start + timedelta(minutes=5)).astimezone(club.locations[0].zone).strftime("%Y-%m-%dT%H:%M")
    guest, dora = club.add("Guest", club.members, expires=soon), club.add("Dora", club.members)
    open_run(club, club.terminals[0])
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        keys = {key for _, _, key, *_ in next_batch(club, there).orders}
    assert str(dora.number) in keys
    assert str(guest.number) not in keys


@pytest.mark.requirement("I-05", mutation="void() forgetting what was touched by a batch that was never accepted")
def test_batch_that_was_never_accepted_leaves_what_is_known(club: Gym, there: Counterpart) -> None:
    alice = User.objects.get(last_name="Alice")
    club.rename(alice, "Alicia")
    before = held_of(alice, club.terminals[0])
    open_run(club, club.terminals[0])
    issued = next_batch(club, there)
    there.hello()  # with the heads of before: the batch never came
    issued.refresh_from_db()
    after = held_of(alice, club.terminals[0])
    assert before
    assert after
    assert issued.status == Batch.VOID
    assert bytes(after.held or b"") == bytes(before.held or b"") != b""
