"""A suspended user loses their access at once, as one who is removed does, and keeps everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.domain.rendering import Person
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.rendering import Facts
from doorsync.hub.sync.models import Holding, Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.actions import change_user
from doorsync.hub.users.models import User
from doorsync.hub.web.people.person_reasons import person_reasons
from doorsync.hub.web.people.person_terminals import PersonState, person_terminals
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    counterpart = Counterpart(club.agent)
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    counterpart.work()
    with scopes_disabled():
        Agent.objects.update(waited_at=timezone.now())
    return counterpart


def everywhere(club: Gym) -> Selection:
    return Selection(locations=frozenset(location.pk for location in club.locations))


def held(name: str) -> bool:
    return Holding.objects.filter(user_id=User.objects.get(last_name=name).pk, held__isnull=False).exists()


@pytest.mark.requirement("I-06", mutation="`valid_at` does not ask whether the user is active")
def test_suspended_user_leaves_the_terminals_without_a_press(club: Gym, there: Counterpart) -> None:
    before = Run.objects.count()
    change_user(user=User.objects.get(last_name="Alice"), actor=club.actor, active=False)

    assert Run.objects.count() == before + 1
    there.work()
    assert not held("Alice")
    assert held("Bob")


def test_suspended_user_is_never_one_whose_expiry_was_foreseen(club: Gym) -> None:
    """What was foreseen the guard does not count; a suspension it counts as it counts a removal."""
    site = next(iter(load_access_graph().sites.values()))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for active in (True, False):
        user = User(number=1, last_name="Alice", expires="2025-12-01T00:00", active=active)
        facts = Facts(user=user, person=Person(key="1", name="Alice"), groups=(), noted_at=now - timedelta(days=90))
        assert facts.foreseen(site, now) is active


def test_person_page_says_that_they_are_suspended_until_they_are_let_in_again(club: Gym, there: Counterpart) -> None:
    alice = User.objects.get(last_name="Alice")
    change_user(user=alice, actor=club.actor, active=False)
    there.work()

    shown = person_terminals(club.company, key=str(alice.number), user_id=alice.pk)
    assert {place.state for place in shown if place.has_right} == {PersonState.ABSENT}
    assert all("Suspended." in person_reasons(place) for place in shown if place.has_right)

    change_user(user=alice, actor=club.actor, active=True)
    shown = person_terminals(club.company, key=str(alice.number), user_id=alice.pk)
    assert {place.state for place in shown if place.has_right} == {PersonState.ADD}
