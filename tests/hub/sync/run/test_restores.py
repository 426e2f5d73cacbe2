"""After a restore nothing is shown as held, or as up to date, that the hub has not confirmed since."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.terminal_status import Condition
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Mode, Run, RunTerminalState, Stranger
from doorsync.hub.sync.run.automatic_runs import send_what_waits
from doorsync.hub.sync.run.batches import void_batches
from doorsync.hub.terminals.hub_epoch import begin_epoch
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from doorsync.hub.web.people.person_search import find_people
from doorsync.hub.web.people.person_terminals import PersonState, person_terminals
from tests.factories.backup import Backup
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.synced import everything, send, synced

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    return gym(["Alice", "Bob", "Charlie"])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """An agent that dials out, with everybody in its terminals."""
    with scope(company=club.company):
        return synced(club, everything(club))


@pytest.mark.requirement("I-05", mutation="start_reading returns None: nothing is read before somebody presses")
def test_people_added_after_the_backup_are_found_without_a_press(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        backup = Backup()
        dora = club.add("Dora", club.members)
        send(club, there, everything(club))
        backup.restore()
        begin_epoch()
        assert not Holding.objects.filter(key=str(dora.number)).exists()
        there.work()
        strangers = Stranger.objects.filter(key=str(dora.number)).values_list("terminal_id", flat=True)
        assert set(strangers) == {club.terminals[0].pk, club.terminals[2].pk}
        assert str(dora.number) in there.device(club.terminals[0]).people()
        shown = person_terminals(club.company, key=str(dora.number), user_id=None)
        assert [place.state for place in shown] == [PersonState.STRANGER, PersonState.ABSENT, PersonState.STRANGER]
        assert shown[0].status.condition is Condition.TO_DECIDE
        assert [found.name for found in find_people("Dora", club.administrator)] == ["Dora"]
        reads = Batch.objects.filter(whole="read").values_list("terminal_id", flat=True)
        assert set(reads) >= {club.terminals[0].pk, club.terminals[2].pk}
        assert not Terminal.objects.exclude(unread="").exists()
        run = Run.objects.filter(mode=Mode.VERIFY).get()
        assert run.author == "Doorsync itself"


@pytest.mark.requirement("I-05", mutation="_fork without forget_what_was_confirmed: who was removed since is let in")
def test_people_removed_after_the_backup_are_not_let_in_again_without_a_press(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        bob = User.objects.get(last_name="Bob")
        backup = Backup()
        club.remove(bob)
        send(club, there, everything(club))
        assert str(bob.number) not in there.device(club.terminals[0]).people()
        backup.restore()
        begin_epoch()
        for _ in range(4):
            there.work()
            send_what_waits(timezone.now())
        assert not Terminal.objects.exclude(unread="").exists()
        assert str(bob.number) not in there.device(club.terminals[0]).people()
        assert Holding.objects.get(key=str(bob.number), terminal_id=club.terminals[0].pk).state == HoldingState.NEW


@pytest.mark.requirement("I-05", mutation="_new goes on with orders at a terminal that is unread")
def test_a_press_after_a_fork_reads_first_whatever_it_is_for(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        Agent.objects.update(waited_at=None)  # a browser carries: nothing is read without a press
        backup = Backup()
        club.add("Dora", club.members)
        send(club, there, everything(club))
        backup.restore()
        begin_epoch()
        club.add("Erik", club.members)
        there.hello()
        assert Terminal.objects.exclude(unread="").count() >= 2
        assert not Holding.objects.filter(state=HoldingState.SAME, terminal_id=club.terminals[0].pk).exists()
        run = send(club, there, everything(club))
        batches = Batch.objects.filter(run_terminal__run=run, terminal=club.terminals[0]).order_by("seq")
        assert next(batch.whole for batch in batches) == "read"
        assert run.run_terminals.filter(state=RunTerminalState.DONE).count() == run.run_terminals.count()


@pytest.mark.requirement("I-05", mutation="void leaves held as it was: a change taken back meanwhile was called the same")
def test_what_a_voided_batch_touched_is_unknown(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        alice = User.objects.get(last_name="Alice")
        there.fault = lambda _: "mute"
        club.rename(alice, "Alicia")
        send(club, there, everything(club))
        assert there.device(club.terminals[0]).people()[str(alice.number)]["name"] == "Alicia"
        void_batches(club.agent)
        club.rename(alice, "Alice")
        row = Holding.objects.get(terminal_id=club.terminals[0].pk, kind=Kind.USER, key=str(alice.number))
        assert row.state == HoldingState.CHANGED


@pytest.mark.requirement("I-05", mutation="void_batch() calling a batch that was lost in a fork never accepted")
def test_new_person_of_a_batch_that_was_lost_in_a_fork_may_be_there(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        dora = club.add("Dora", club.members)
        there.fault = lambda _: "mute"
        send(club, there, everything(club))
        assert str(dora.number) in there.device(club.terminals[0]).people()
        there.lose_state()
        there.hello()
        row = Holding.objects.get(terminal_id=club.terminals[0].pk, kind=Kind.USER, key=str(dora.number))
        assert bytes(row.before or b"") == bytes(row.wanted or b"") != b"", "what was sent last is what may be found there"
