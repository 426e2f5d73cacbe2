"""What goes out without a press: removals at once, and what a terminal missed once it is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import agents
from doorsync.hub.sync.choices import Choice
from doorsync.hub.sync.models import Batch, Line, LineState, Run
from doorsync.hub.sync.runs import pause_after, press
from doorsync.hub.sync.unprompted import catch_up
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.models import User
from doorsync.hub.users.writing import write_users
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym([f"Person {number:02}" for number in range(30)])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """Everybody is in the terminals, and the agent waits at the hub."""
    counterpart = Counterpart(club.agent)
    press(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    counterpart.work()
    Agent.objects.update(waited_at=timezone.now())
    return counterpart


def everything(club: Gym) -> Choice:
    return Choice(locations=frozenset(location.pk for location in club.locations))


def at_the_gate(club: Gym, there: Counterpart) -> set[str]:
    return {str(fields["name"]) for fields in there.device(club.terminals[0]).people().values()}


def test_removal_opens_a_run_in_its_authors_name_that_adds_nobody(club: Gym, there: Counterpart) -> None:
    club.add("Newcomer", club.members)
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)

    run = Run.objects.get(closed_at=None)
    assert run.administrator == club.administrator
    there.work()

    assert at_the_gate(club, there) == {f"Person {number:02}" for number in range(30) if number != 7}
    assert not Run.objects.filter(closed_at=None).exists()


def test_mass_removal_waits_for_the_typed_count(club: Gym, there: Counterpart) -> None:
    write_users(company=club.company, gone=list(User.objects.all()[:21]), actor=club.actor)

    assert not Run.objects.filter(closed_at=None).exists()
    assert Entry.objects.filter(event="run.held-back").exists()
    there.work()
    assert len(at_the_gate(club, there)) == 30


def test_without_a_waiting_agent_nothing_goes_out_by_itself(club: Gym, there: Counterpart) -> None:
    Agent.objects.update(waited_at=timezone.now() - timedelta(minutes=3))

    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)

    assert not Run.objects.filter(closed_at=None).exists()


def lose_terminals(club: Gym, there: Counterpart) -> None:
    """Person 07 is removed while all terminals are off, and the run has given them up."""
    there.fault = lambda _: "gone"
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    there.work()
    Line.objects.filter(state=LineState.SYNCING).update(failing_since=timezone.now() - timedelta(seconds=61))
    there.work()
    assert not Run.objects.filter(closed_at=None).exists()


def test_terminal_that_is_back_gets_what_it_missed(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    assert catch_up(timezone.now()) == 0, "not at once again"

    there.fault = lambda _: ""
    assert catch_up(timezone.now() + timedelta(seconds=80)) == 2
    there.work()

    assert "Person 07" not in at_the_gate(club, there)
    assert catch_up(timezone.now() + timedelta(minutes=5)) == 0


@pytest.mark.requirement("R-05", mutation="catch_up_with() waiting for retry_at")
def test_agent_that_finds_a_terminal_again_need_not_wait_for_the_next_try(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    there.fault = lambda _: ""
    gate, agent = club.terminals[0].public_id, agents.find_agent(club.agent.public_id)

    assert agents.reached(agent, "0" * 32, gate) == {"ok": False}
    assert agents.reached(agent, there.nonce, "nobody") == {"ok": True, "tried": False}
    assert agents.reached(agent, there.nonce, gate) == {"ok": True, "tried": True}
    there.work()

    assert "Person 07" not in at_the_gate(club, there)
    assert Line.objects.filter(state=LineState.NOT_REACHED).count() == 1, "the other one was not asked for"
    assert agents.reached(agent, there.nonce, gate) == {"ok": True, "tried": False}


@pytest.mark.requirement("R-05", mutation="no upper end in pause_after(); or a fixed pause")
def test_pauses_grow_from_a_second_to_five_minutes_and_differ() -> None:
    pauses = [pause_after(timedelta(seconds=2**power)).total_seconds() for power in range(-3, 20) for _ in range(20)]
    assert (min(pauses), max(pauses)) == (1, 300)
    assert len({pause_after(timedelta(seconds=60)) for _ in range(50)}) > 10


@pytest.mark.requirement("R-05", mutation="the hub's own try starting the minute anew; or opening other failed lines")
def test_terminal_that_is_off_for_long_costs_one_small_batch_a_try_and_no_trail(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    trail, batches = Entry.objects.count(), Batch.objects.count()
    partly = Line.objects.filter(terminal=club.terminals[2], state=LineState.NOT_REACHED)
    partly.update(state=LineState.PARTLY)

    for tries in range(1, 4):
        Line.objects.filter(state=LineState.NOT_REACHED).update(retry_at=timezone.now())
        assert catch_up(timezone.now()) == 1
        there.work()
        line = Line.objects.get(state=LineState.NOT_REACHED)
        assert line.retry_at
        assert timedelta(seconds=60) < line.retry_at - timezone.now() <= timedelta(minutes=5)
        assert Batch.objects.count() == batches + tries

    assert Entry.objects.count() == trail
    assert Batch.objects.order_by("-pk")[0].orders == []
    assert Line.objects.filter(state=LineState.PARTLY).exists()
