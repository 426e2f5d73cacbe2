"""A visit gives a visitor access for its time, and takes away by itself what it gave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django_scopes import scope, scopes_disabled

from doorsync.hub.sync.models import Holding
from doorsync.hub.users.actions import change_user
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credentials_of
from doorsync.hub.visitors import actions
from doorsync.hub.visitors.errors import BadVisit, VisitIsOver
from doorsync.hub.visitors.models import Visit, VisitState
from tests.factories.gym import Gym, gym

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # a Tuesday, 09:00 in Amsterdam and 03:00 in New York

OVER = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)  # 17:00 in New York


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as made:
        yield made


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


def expect(club: Gym, *, starts: str = "2026-12-01 08:00", ends: str = "2026-12-01 17:00", **more: Any) -> Visit:
    fields: Any = {
        "first_name": "Vera",
        "last_name": "Vis",
        "starts": starts,
        "expires": ends,
        "groups": frozenset([club.members.pk]),
        "credentials": {"card": frozenset({"4711"})},
    }
    return actions.expect_visitor(company=club.company, fields=fields, actor=club.actor, **more)


def again(visit: Visit) -> Visit:
    return Visit.objects.select_related("user__company", "company").get(pk=visit.pk)


def doors(visit: Visit) -> int:
    """How many doors are to hold the visitor."""
    return Holding.objects.filter(user_id=visit.user_id, wanted__isnull=False).count()


def tick(clock: time_machine.Traveller, moment: datetime) -> int:
    clock.move_to(moment)
    with scopes_disabled():
        return actions.end_visits(moment)


def test_a_visitor_is_a_user_with_the_dates_of_the_visit(club: Gym) -> None:
    visit = expect(club, host=actions.Host(name="Bob"))
    assert (visit.user.visitor, visit.user.starts, visit.user.expires) == (True, "2026-12-01T08:00", "2026-12-01T17:00")
    assert (visit.host_name, visit.groups, visit.over_at) == ("Bob", [club.members.pk], OVER)
    assert doors(visit) == 1  # Gate; in New York it has not begun


@pytest.mark.requirement("R-09", mutation="end_visits() asking for the state alone, or only noting the end")
def test_a_visit_ends_by_itself_and_what_it_gave_is_free(club: Gym, clock: time_machine.Traveller) -> None:
    visit = expect(club)
    actions.note_arrival(visit=visit, actor=club.actor)
    assert tick(clock, OVER - timedelta(minutes=1)) == 0
    assert tick(clock, OVER) == 1
    assert tick(clock, OVER) == 0
    assert again(visit).state == VisitState.COMPLETE
    assert credentials_of(visit.user) == {}
    assert not visit.user.groups.exists()
    club.add("Next", card="4711")


@pytest.mark.requirement("I-06", mutation="end_visit() leaving the groups")
@pytest.mark.parametrize("end", [actions.end_visit, actions.cancel_visit])
def test_who_has_left_or_does_not_come_opens_nothing(club: Gym, end: Any) -> None:
    visit = expect(club)
    assert doors(visit) == 1
    end(visit=visit, actor=club.actor)
    assert doors(visit) == 0
    assert credentials_of(visit.user) == {}
    with pytest.raises(VisitIsOver):
        actions.note_arrival(visit=visit, actor=club.actor)
    with pytest.raises(VisitIsOver):
        end(visit=visit, actor=club.actor)


@pytest.mark.requirement("R-09", mutation="a weekly visit whose dates stay, or that comes once more than it should")
def test_a_weekly_visit_comes_again_and_opens_nothing_in_between(club: Gym, clock: time_machine.Traveller) -> None:
    first = expect(club, weekly_until=date(2026, 12, 8))
    actions.end_visit(visit=first, actor=club.actor)
    assert doors(first) == 0
    second = Visit.objects.get(state=VisitState.EXPECTED)
    assert (second.starts, second.ends) == ("2026-12-08T08:00", "2026-12-08T17:00")
    assert credentials_of(first.user) == {"card": {"4711"}}
    assert tick(clock, OVER + timedelta(days=7)) == 1
    assert not Visit.objects.filter(state=VisitState.EXPECTED).exists()
    assert credentials_of(first.user) == {}


def test_a_weekly_visit_that_is_cancelled_does_not_come_again(club: Gym) -> None:
    actions.cancel_visit(visit=expect(club, weekly_until=date(2026, 12, 31)), actor=club.actor)
    assert Visit.objects.get().state == VisitState.CANCELLED


def test_a_hub_that_was_down_for_weeks_catches_up(club: Gym, clock: time_machine.Traveller) -> None:
    expect(club, weekly_until=date(2026, 12, 31))
    while tick(clock, OVER + timedelta(days=15)):
        pass
    assert list(Visit.objects.values_list("starts", "state")) == [
        ("2026-12-01T08:00", "complete"),
        ("2026-12-08T08:00", "complete"),
        ("2026-12-15T08:00", "complete"),
        ("2026-12-22T08:00", "expected"),
    ]


@pytest.mark.requirement("I-06", mutation="_take_access() that lets a suspended visitor in again next week")
def test_who_was_suspended_stays_so(club: Gym, clock: time_machine.Traveller) -> None:
    visit = expect(club, weekly_until=date(2026, 12, 31))
    change_user(user=visit.user, actor=club.actor, active=False)
    tick(clock, OVER)
    assert User.objects.get().active is False


def test_nothing_is_taken_from_whom_somebody_decided_on_anew(club: Gym, clock: time_machine.Traveller) -> None:
    stays = expect(club)
    change_user(user=stays.user, actor=club.actor, expires="2026-12-24")
    tick(clock, OVER)
    assert again(stays).state == VisitState.COMPLETE
    assert credentials_of(stays.user) == {"card": {"4711"}}


def test_they_come_after_all(club: Gym, clock: time_machine.Traveller) -> None:
    visit = expect(club)
    actions.note_arrival(visit=visit, actor=club.actor)
    actions.undo_arrival(visit=visit, actor=club.actor)
    assert again(visit).arrived_at is None
    actions.end_visit(visit=visit, actor=club.actor)
    actions.reopen_visit(visit=again(visit), groups=[club.members.pk, club.staff.pk], actor=club.actor)
    assert list(visit.user.groups.all()) == [club.members]
    assert credentials_of(visit.user) == {}
    actions.cancel_visit(visit=again(visit), actor=club.actor)
    actions.reopen_visit(visit=again(visit), groups=[], actor=club.actor)
    assert not visit.user.groups.exists()
    actions.cancel_visit(visit=again(visit), actor=club.actor)
    clock.move_to(OVER)
    with pytest.raises(VisitIsOver):
        actions.reopen_visit(visit=again(visit), groups=[club.members.pk], actor=club.actor)


@pytest.mark.parametrize(
    ("starts", "ends", "weekly"),
    [
        ("2026-11-30 08:00", "2026-11-30 17:00", None),
        ("", "2026-12-01 17:00", None),
        ("2026-12-01 08:00", "", None),
        ("2026-12-01 08:00", "2026-12-08 08:00", date(2026, 12, 31)),
    ],
)
def test_what_is_no_visit_is_refused_and_nobody_is_added(club: Gym, starts: str, ends: str, weekly: date | None) -> None:
    with pytest.raises(BadVisit):
        expect(club, starts=starts, ends=ends, weekly_until=weekly)
    assert not User.objects.exists()
