"""What goes into a terminal's next batch, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.courier import working
from doorsync.hub.sync import batches
from doorsync.hub.sync.models import Batch
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run, send


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
    working.next_batches(there._row(), there.nonce)
    return Batch.objects.get(terminal=club.terminals[0], status=Batch.OPEN)


def change_everything(club: Gym) -> None:
    """A person and a time schedule are new, another person is changed, the last one is gone."""
    alice, bob = User.objects.get(last_name="Alice"), User.objects.get(last_name="Bob")
    club.always.slots = [["1", "08:00", "18:00"]]
    club.always.save()
    club.rename(bob, "Robert")
    club.add("Newcomer", club.members)
    club.remove(alice)
    club.tell()


def test_removals_go_first_and_schedules_before_those_who_need_them(club: Gym, there: Counterpart) -> None:
    change_everything(club)
    open_run(club)
    orders = next_batch(club, there).orders
    assert [(bool(removal), Kind(kind)) for removal, kind, *_ in orders] == [
        (True, Kind.USER),
        (False, Kind.SCHEDULE),
        (False, Kind.USER),
        (False, Kind.USER),
    ]


def test_removal_is_in_the_first_of_many_batches(club: Gym, there: Counterpart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SIZE", 1)
    change_everything(club)
    open_run(club)
    assert [bool(removal) for removal, *_ in next_batch(club, there).orders] == [True]
