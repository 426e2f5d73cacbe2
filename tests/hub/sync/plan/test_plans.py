"""The plan: what is counted when it is limited, and that what is up to date is not read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.plan.plan_people import plan_people
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.users.models import User
from doorsync.hub.web.people.access_states import PENDING, state_filter, walls_now
from doorsync.hub.web.people.person_search import find_people
from tests.factories.gym import Gym, gym

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    """Alice is confirmed everywhere; Bob, of the staff, and Charlie, a member, are new."""
    club = gym(["Alice"])
    with scope(company=club.company):
        for row in Holding.objects.all():
            Holding.objects.filter(pk=row.pk).update(held=row.wanted)
    club.add("Bob", club.staff)
    club.add("Charlie", club.members)
    return club


def test_a_plan_limited_to_groups_counts_who_waits_of_them_and_all_who_are_confirmed(club: Gym) -> None:
    gate = club.terminals[0]
    with scope(company=club.company):
        choice = Selection(groups=frozenset({club.staff.pk}), terminals=frozenset({gate.pk}))
        (line,) = build_plan(club.company, choice).terminal_plans
        assert (line.new, line.same) == (1, 0), "what a terminal holds that never answered is not known"
        gate.seen_at = gate.verified_at = club.company.created_at
        assert [row.name for row in plan_people(choice, gate, HoldingState.NEW, 1)] == ["Bob"]
        assert [row.name for row in plan_people(choice, gate, HoldingState.SAME, 1)] == ["Alice"]


@pytest.mark.requirement("G-01", mutation="the extended stays sorted by key alone; PENDING left out of any count of a plan")
@pytest.mark.parametrize("limit", ["nobody", "groups", "user"])
def test_a_plan_reads_no_holding_that_is_up_to_date(club: Gym, limit: str) -> None:
    with scope(company=club.company):
        one = User.objects.earliest("pk").pk
        choices = {"groups": Selection(groups=frozenset({club.members.pk})), "user": Selection(user=one)}
        with CaptureQueriesContext(connection) as asked:
            build_plan(club.company, choices.get(limit, Selection()))
        assert_only_pending_is_read(asked)


@pytest.mark.requirement("G-01", mutation="find_people() without `unwanted`")
def test_a_search_for_who_is_only_in_terminals_reads_no_holding_that_is_up_to_date(club: Gym) -> None:
    with scope(company=club.company), CaptureQueriesContext(connection) as asked:
        find_people("nobody", club.administrator)
    assert_only_pending_is_read(asked)


@pytest.mark.requirement("G-01", mutation="the doors left out of the filter of who is waiting")
def test_the_list_of_who_is_waiting_reads_no_holding_that_is_up_to_date(club: Gym) -> None:
    with scope(company=club.company), CaptureQueriesContext(connection) as asked:
        assert {user.last_name for user in User.objects.filter(state_filter(PENDING, walls_now()))} == {"Bob", "Charlie"}
    assert_only_pending_is_read(asked)


def assert_only_pending_is_read(asked: CaptureQueriesContext) -> None:
    if connection.vendor != "sqlite":
        return  # decides by statistics, which a few rows do not give
    for query in asked.captured_queries:
        if '"sync_holding"' in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                steps = [step for *_, step in cursor.fetchall() if "sync_holding" in step or "V0" in step]
            assert all("state>?" in step or "state=?" in step or "user_id=?" in step for step in steps), (steps, query["sql"])
