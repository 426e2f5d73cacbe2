"""What a wide change puts off: nothing of it is written or sent before it is worked out, but for whoever is removed."""

from __future__ import annotations

import pytest

from doorsync.domain.record import Kind
from doorsync.hub.access.actions import change_schedule, grant, withdraw
from doorsync.hub.access.models import AccessRight
from doorsync.hub.sync.models import (
    Holding,
    HoldingState,
    PendingRefresh,
    PendingRefreshUser,
)
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.users.actions import remove_user
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.put_off import finish_refreshes
from tests.hub.sync.run.test_refresh_worker import NAMES, STAFF, club, gate, members_lose_the_gate, names, there, user
from tests.hub.sync.sending import choice, open_run, send

__all__ = ["club", "there"]


@pytest.mark.requirement("G-02", mutation="keep_wanted_true without put_off()")
def test_wide_change_writes_no_holding_in_its_own_transaction(club: Gym, there: Counterpart) -> None:
    before = list(Holding.objects.values_list("key", "terminal_id", "wanted").order_by("key", "terminal_id"))
    members_lose_the_gate(club)
    assert list(Holding.objects.values_list("key", "terminal_id", "wanted").order_by("key", "terminal_id")) == before
    assert set(PendingRefreshUser.objects.values_list("user_id", flat=True)) == {user(name).pk for name in NAMES}
    assert finish_refreshes() == len(NAMES) + 2  # a user at a time, the end, and a last look
    leaving = Holding.objects.filter(terminal_id=gate(club).pk, state=HoldingState.REMOVE)
    assert set(leaving.values_list("key", flat=True)) == {str(user(name).number) for name in NAMES}
    assert not PendingRefresh.objects.exists()
    assert not PendingRefreshUser.objects.exists()


@pytest.mark.requirement(
    "I-06", mutation="keep_wanted_true without forget_refreshed(); or sendable() that stops all of the company"
)
def test_somebody_removed_meanwhile_is_out_at_once(club: Gym, there: Counterpart) -> None:
    members_lose_the_gate(club)
    remove_user(user=user("Alice"), actor=club.actor)  # whom the change concerns
    remove_user(user=user("Eve"), actor=club.actor)  # and whom it does not
    there.work()
    assert names(club, there) == {"Bob", "Carol", "Dave", *STAFF[1:]}


@pytest.mark.requirement("G-02", mutation="sendable() without schedules")
def test_schedule_that_gains_hours_waits_for_those_who_lose_it(club: Gym, there: Counterpart) -> None:
    hours = world.schedule(club.company, "Mornings", [["1", "08:00", "12:00"]])
    grant(group=club.members, zone=club.zones[1], schedule=hours, actor=club.actor)
    finish_refreshes()
    send(club, there)
    office = there.device(club.terminals[1])
    place = (Kind.SCHEDULE, str(hours.number))
    assert "12:00" in str(office.memory[place])
    withdraw(right=AccessRight.objects.select_related("company").get(schedule=hours), actor=club.actor)
    world.right(club.staff, club.zones[1], hours)  # so that the office still needs it
    change_schedule(schedule=hours, slots=[["1", "08:00", "23:00"]], actor=club.actor)
    open_run(club)
    there.work()
    assert "12:00" in str(office.memory[place])
    finish_refreshes()
    there.work()
    assert len(office.people()) == len(STAFF) + len(NAMES)  # the guard stops the run
    send(club, there, confirmed=build_plan(club.company, choice(*club.terminals)).to_confirm)
    assert "23:00" in str(office.memory[place])
