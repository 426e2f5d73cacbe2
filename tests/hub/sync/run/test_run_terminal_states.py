"""What is left to send, and in which order: losses first, schedules before the people who need them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Batch, Problem
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run import run_terminal_states
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.run.test_batches import club, next_batch, there
from tests.hub.sync.sending import choice, limit, open_run

__all__ = ["club", "there"]


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
    monkeypatch.setattr(run_terminal_states, "SIZE", 1)
    change_everything(club)
    open_run(club)
    assert [bool(removal) for removal, *_ in next_batch(club, there).orders] == [True]


@pytest.mark.requirement("R-06", mutation="rooms() counting those who are to be removed")
def test_who_is_to_be_removed_takes_no_room_of_somebody_new(club: Gym, there: Counterpart) -> None:
    limit(club, there, club.terminals[0], capacity=3)
    club.remove(User.objects.get(last_name="Alice"))
    club.add("Newcomer", club.members)
    terminal_plan = build_plan(club.company, choice(club.terminals[0])).terminal_plans[0]
    assert (terminal_plan.new, terminal_plan.removed, terminal_plan.refused) == (1, 1, 0)


def test_groups_do_not_limit_which_schedules_are_sent(club: Gym, there: Counterpart) -> None:
    club.always.slots = [["1", "08:00", "18:00"]]
    club.always.save()
    club.tell()
    open_run(club, groups=frozenset({club.staff.pk}))
    assert (Kind.SCHEDULE, str(club.always.number)) in [(kind, key) for _, kind, key, *_ in next_batch(club, there).orders]


@pytest.mark.requirement("R-06", mutation="next_pending() looking no further than the people who were refused")
def test_who_was_refused_in_a_run_hides_nobody_who_comes_after(
    club: Gym, there: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_terminal_states, "SIZE", 1)
    Batch.objects.update(issued_at=timezone.now() - timedelta(minutes=10))  # a quick terminal would get both at once
    first, second = sorted(str(club.add(name, club.members).number) for name in ("Dora", "Erik"))
    run_terminal = open_run(club, club.terminals[0]).run_terminals.get()
    Problem.objects.create(
        company=club.company, run_terminal=run_terminal, kind=Kind.USER, key=first, message=RunTerminalCode.REFUSED()
    )
    assert [key for _, _, key, *_ in next_batch(club, there).orders] == [second]
