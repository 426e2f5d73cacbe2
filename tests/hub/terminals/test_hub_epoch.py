"""The hub's epoch: after a start, or a restore, no terminal counts as confirmed until its agent has spoken of it."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.terminals.hub_epoch import begin_epoch, confirm_terminals, current_epoch, must_say_hello, sure_epoch
from doorsync.hub.terminals.models import HubEpoch, Terminal
from tests.factories import world
from tests.factories.backup import Backup
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.synced import everything, synced

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    return gym(["Alice", "Bob", "Charlie"])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """An agent that dials out, with everybody in its terminals."""
    with scope(company=club.company):
        return synced(club, everything(club))


def gate(club: Gym) -> Terminal:
    with scope(company=club.company):
        return Terminal.objects.get(pk=club.terminals[0].pk)


def test_an_epoch_begins_with_every_start_and_confirms_nobody(club: Gym, there: Counterpart) -> None:
    assert gate(club).epoch == current_epoch()
    begin_epoch()
    with scope(company=club.company):
        assert must_say_hello(club.agent)
        there.work()
        assert not must_say_hello(club.agent)
    assert gate(club).epoch == current_epoch()


@pytest.mark.requirement("I-05", mutation="_is_replaced always False: the older database's own epoch counted")
def test_a_database_that_is_replaced_while_the_hub_runs_confirms_nobody(club: Gym, there: Counterpart) -> None:
    backup = Backup()
    begin_epoch()
    backup.restore()
    assert current_epoch() is None
    with scope(company=club.company):
        assert must_say_hello(club.agent)
        newest = sure_epoch()
        assert gate(club).epoch < newest
        assert HubEpoch.objects.count() == 1


def test_an_epoch_that_another_process_began_counts_here_too(club: Gym, there: Counterpart) -> None:
    HubEpoch.objects.update(number=(current_epoch() or 0) + 1, mark="another process")
    newest = current_epoch()
    assert newest
    with scope(company=club.company):
        assert must_say_hello(club.agent)
        confirm_terminals(club.agent)
        assert not must_say_hello(club.agent)


def test_hello_speaks_for_no_terminal_of_another_agent(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        elsewhere = world.terminal(club.locations[1], world.agent(club.company, "Other agent"), "Elsewhere")
        begin_epoch()
        there.hello()
        assert gate(club).epoch == current_epoch()
        assert Terminal.objects.get(pk=elsewhere.pk).epoch < (current_epoch() or 0)


def test_terminal_of_another_agent_counts_once_that_one_has_spoken_of_it(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        Terminal.objects.filter(pk=club.terminals[0].pk).update(epoch=0)
        assert must_say_hello(club.agent)
