"""What goes out without a press: removals at once, and what a terminal missed once it is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.sync.choices import Choice
from doorsync.hub.sync.models import Line, LineState, Run
from doorsync.hub.sync.runs import press
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


def test_terminal_is_tried_again_though_the_clock_was_put_back(club: Gym, there: Counterpart) -> None:
    there.fault = lambda _: "gone"
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    there.work()
    Line.objects.filter(state=LineState.SYNCING).update(failing_since=timezone.now() - timedelta(seconds=61))
    there.work()
    Line.objects.filter(state=LineState.NOT_REACHED).update(changed_at=timezone.now() + timedelta(hours=3))

    assert catch_up(timezone.now()) == 1


def test_terminal_that_is_back_gets_what_it_missed(club: Gym, there: Counterpart) -> None:
    there.fault = lambda _: "gone"
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    there.work()
    Line.objects.filter(state=LineState.SYNCING).update(failing_since=timezone.now() - timedelta(seconds=61))
    there.work()
    assert not Run.objects.filter(closed_at=None).exists()
    assert catch_up(timezone.now()) == 0, "not at once again"

    there.fault = lambda _: ""
    assert catch_up(timezone.now() + timedelta(seconds=30)) == 1
    there.work()

    assert "Person 07" not in at_the_gate(club, there)
    assert catch_up(timezone.now() + timedelta(seconds=60)) == 0
