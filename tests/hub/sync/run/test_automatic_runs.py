"""What goes out without a press: removals at once, and what a terminal missed once it is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.courier.long_poll import has_work
from doorsync.hub.sync.models import Run
from doorsync.hub.sync.run.automatic_runs import send_what_waits
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.actions import change_user, remove_user
from doorsync.hub.users.models import User
from doorsync.hub.users.writes import write_users
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.synced import everything, synced


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym([f"Person {number:02}" for number in range(30)])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """Everybody is in the terminals, and the agent waits at the hub."""
    return synced(club, everything(club))


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


@pytest.mark.requirement(
    "I-06", mutation="keep_wanted_true() that sends only what the change itself takes away, not what it lets pass"
)
def test_a_guarded_removal_goes_out_once_fewer_would_leave(club: Gym, there: Counterpart) -> None:
    """Putting somebody back takes nothing away, and yet lets the others go: fewer are to be removed than the guard holds back."""
    gone = list(User.objects.order_by("number")[:12])
    with company_transaction(club.company, club.actor):
        for user in gone:
            change_user(user=user, actor=club.actor, active=False)
    there.work()
    assert len(at_the_gate(club, there)) == 30
    for user in gone[8:]:
        change_user(user=user, actor=club.actor, active=True)
    there.work()
    assert len(at_the_gate(club, there)) == 22


@pytest.mark.requirement("G-01", mutation="keep_wanted_true() that looks for what there is to send after each change")
def test_a_change_that_takes_nothing_away_looks_for_nothing_to_send(club: Gym, there: Counterpart) -> None:
    person = User.objects.order_by("number").first()
    assert person
    with CaptureQueriesContext(connection) as captured:
        change_user(user=person, actor=club.actor, last_name="Another name")
    assert not [query for query in captured if "waited_at" in query["sql"]]
    assert not Run.objects.filter(closed_at=None).exists()
    change_user(user=person, actor=club.actor, active=False)
    assert Run.objects.filter(closed_at=None).exists()


def test_mass_removal_waits_for_the_typed_count(club: Gym, there: Counterpart) -> None:
    write_users(company=club.company, gone=list(User.objects.all()[:21]), actor=club.actor)

    assert not Run.objects.filter(closed_at=None).exists()
    assert Entry.objects.filter(event="run.held-back").count() == 1
    there.work()
    assert len(at_the_gate(club, there)) == 30

    for _ in range(2):  # every half minute, for as long as it waits
        assert send_what_waits(timezone.now()) == 1
    assert Entry.objects.filter(event="run.held-back").count() == 1


def go_away(minutes: int = 3) -> None:
    """Nothing was heard of the agents for a while."""
    long_ago = timezone.now() - timedelta(minutes=minutes)
    Agent.objects.update(waited_at=long_ago, seen_at=long_ago)


def test_without_an_agent_that_dials_out_nothing_goes_out_by_itself(club: Gym, there: Counterpart) -> None:
    go_away()
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    Agent.objects.update(waited_at=None, seen_at=timezone.now())
    remove_user(user=User.objects.get(last_name="Person 08"), actor=club.actor)

    assert not Run.objects.filter(closed_at=None).exists()


def test_company_that_is_off_is_sent_nothing(club: Gym, there: Counterpart) -> None:
    go_away()
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    Agent.objects.update(waited_at=timezone.now())
    Company.objects.filter(pk=club.company.pk).update(active=False)
    assert send_what_waits(timezone.now()) == 0
    assert not Run.objects.filter(closed_at=None).exists()
    Company.objects.filter(pk=club.company.pk).update(active=True)
    assert send_what_waits(timezone.now()) == 1


def test_agent_that_is_at_work_for_long_is_connected_all_the_same(club: Gym, there: Counterpart) -> None:
    """It does not wait then, it asks for batches."""
    Agent.objects.update(waited_at=timezone.now() - timedelta(hours=1), seen_at=timezone.now())
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    assert Run.objects.filter(closed_at=None).exists()


def test_who_was_removed_while_the_agent_was_away_is_removed_when_it_is_back(club: Gym, there: Counterpart) -> None:
    go_away()
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)

    there.hello()
    assert has_work(club.agent.public_id, there.nonce)
    there.work()

    assert "Person 07" not in at_the_gate(club, there)
    assert not has_work(club.agent.public_id, there.nonce)


@pytest.mark.requirement("R-09", mutation="the tick only bringing `wanted` up to date")
def test_expiry_goes_out_by_itself(club: Gym, there: Counterpart) -> None:
    user = User.objects.get(last_name="Person 07")
    soon = timezone.now() + timedelta(hours=1)
    user.expires = soon.astimezone(club.locations[0].zone).strftime("%Y-%m-%dT%H:%M")
    user.save()
    with transaction.atomic():
        club.tell(user)
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work()
    assert "Person 07" in at_the_gate(club, there)

    assert apply_due_changes(soon + timedelta(minutes=1)) == 1
    there.work()

    assert "Person 07" not in at_the_gate(club, there)
    assert Run.objects.latest("pk").author == "Doorsync itself"
