"""The people behind a number of the plan: by number, a page at a time, and no more read than the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.core.paginator import Page
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Holding, HoldingState, Mode
from doorsync.hub.sync.plan.plan_people import PersonRow, plan_people
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from tests.factories.gym import Gym, gym

pytestmark = pytest.mark.django_db
PEOPLE = 2000


@pytest.fixture
def club() -> Gym:
    club = gym([])
    with scope(company=club.company):
        Holding.objects.bulk_create(
            Holding(
                company_id=club.company.pk,
                terminal_id=club.terminals[0].pk,
                kind=Kind.USER,
                key=str(number),
                label=f"Person {number}",
                wanted=b"wanted",
                held=b"wanted" if number % 5 == 0 else None,
            )
            for number in range(PEOPLE, 0, -1)
        )
    return club


def limit(club: Gym, capacity: int) -> None:
    terminal = club.terminals[0]
    terminal.limits = replace(terminal.capabilities, capacity=capacity).as_dict()
    terminal.save()


def everywhere(club: Gym, mode: Mode = Mode.CHANGES) -> Selection:
    return Selection(locations=frozenset(location.pk for location in club.locations), mode=mode)


def keys(page: Page[PersonRow]) -> list[int]:
    return [int(row.key) for row in page]


def whole(club: Gym, state: HoldingState, mode: Mode = Mode.CHANGES) -> list[int]:
    choice, terminal = everywhere(club, mode), club.terminals[0]
    pages = plan_people(choice, terminal, state, 1).paginator.num_pages
    return [key for page in range(1, pages + 1) for key in keys(plan_people(choice, terminal, state, page))]


@contextmanager
def holdings_read() -> Iterator[list[Holding]]:
    read: list[Holding] = []

    def note(instance: Holding, **_more: object) -> None:
        read.append(instance)

    post_init.connect(note, sender=Holding)
    try:
        yield read
    finally:
        post_init.disconnect(note, sender=Holding)


@pytest.mark.parametrize("mode", [Mode.CHANGES, Mode.ERASE])
@pytest.mark.parametrize("state", list(HoldingState))
def test_page_of_people_reads_no_more_than_the_page(club: Gym, state: HoldingState, mode: Mode) -> None:
    limit(club, 1000)
    with scope(company=club.company), holdings_read() as read, CaptureQueriesContext(connection) as asked:
        page = plan_people(everywhere(club, mode), club.terminals[0], state, 3)
        assert len(read) == len(list(page)) <= 50
        assert len(asked) <= 9


def test_people_stand_by_number_and_each_is_counted_once(club: Gym) -> None:
    limit(club, 1000)
    new = [number for number in range(1, PEOPLE + 1) if number % 5]
    same = [number for number in range(1, PEOPLE + 1) if not number % 5]
    with scope(company=club.company):
        assert whole(club, HoldingState.NEW) == new[:600], "400 are there already"
        assert whole(club, HoldingState.REFUSED) == new[600:]
        assert whole(club, HoldingState.SAME) == same
        assert whole(club, HoldingState.NEW, Mode.ERASE) == sorted([*same, *new[:600]])
        assert whole(club, HoldingState.SAME, Mode.ERASE) == []


@pytest.mark.parametrize("capacity", [0, 400, 401, 1999, 2000])
def test_lists_are_as_long_as_the_numbers_of_the_plan(club: Gym, capacity: int) -> None:
    limit(club, capacity)
    with scope(company=club.company):
        for mode in (Mode.CHANGES, Mode.ERASE):
            terminal_plan = next(
                each
                for each in build_plan(club.company, everywhere(club, mode)).terminal_plans
                if each.terminal == club.terminals[0]
            )
            told = {
                HoldingState.NEW: terminal_plan.new,
                HoldingState.REFUSED: terminal_plan.refused,
                HoldingState.CHANGED: terminal_plan.changed,
            }
            totals = {state: plan_people(everywhere(club, mode), club.terminals[0], state, 1).paginator.count for state in told}
            assert totals == told
