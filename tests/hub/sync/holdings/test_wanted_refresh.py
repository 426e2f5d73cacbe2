"""Who is wanted after changes to one person, to many, and to everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings, refresh_terminal
from doorsync.hub.sync.models import Holding, HoldingState, ValidityChange
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import held_of, send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.mark.requirement("R-01", mutation="refresh() of everybody without _refresh_vanished()")
def test_change_to_everybody_sees_who_was_deleted_with_it(club: Gym) -> None:
    """Many changes in one transaction end in one word for all of them, which names nobody."""
    there = Counterpart(club.agent)
    send(club, there)
    alice, bob = User.objects.order_by("last_name")
    User.objects.filter(pk=alice.pk).delete()
    club.tell()
    assert {row.state for row in Holding.objects.filter(key=str(alice.number))} == {HoldingState.REMOVE}
    row = held_of(bob, club.terminals[0])
    assert row
    assert row.state == HoldingState.SAME
    send(club, there)
    assert set(there.device(club.terminals[0]).people()) == {str(bob.number)}


NARROWER = [
    {"capacity": 1},
    {"schedules": 0},
    {"intervals_per_day": 1},
    {"open_without_schedule": True},
    {"name_bytes": 3},
    {"readable": ["name"]},
    {"until": False, "doors": 2},
]


def rows_of(club: Gym) -> dict[tuple[int, int, str], tuple[object, ...]]:
    columns = ("user_id", "wanted", "refusal", "label", "narrows", "timed", "foreseen", "marks", "gives")
    return {
        (row.terminal_id, row.kind, row.key): tuple(str(getattr(row, name)) for name in columns) for row in Holding.objects.all()
    }


@pytest.mark.requirement(
    "G-02", mutation="no schedules in refresh_terminal; everybody at every terminal; renders_as_with() without room_for()"
)
@pytest.mark.parametrize("compared", [False, True], ids=["any", "compared"])
@pytest.mark.parametrize("change", NARROWER, ids=lambda change: next(iter(change)))
def test_one_terminals_capabilities_lead_where_a_refresh_of_everybody_would(
    club: Gym, change: dict[str, object], compared: bool
) -> None:
    there = Counterpart(club.agent)
    club.add("Carol", club.staff, starts="2999-01-01T00:00")
    gone = club.add("Dave", club.members, card="4711")
    send(club, there)
    club.remove(gone)
    refresh_holdings(club.company, None)  # nothing but the change is left to find
    gate = club.terminals[0]
    Terminal.objects.filter(pk=gate.pk).update(limits={**gate.limits, **change})
    before = rows_of(club)
    refresh_terminal(club.company, gate.pk, before=gate.capabilities if compared else None)
    after = rows_of(club)
    assert {place for place in after if after[place] != before.get(place)} <= {place for place in after if place[0] == gate.pk}
    refresh_holdings(club.company, None)
    as_for_everybody = rows_of(club)
    assert {place: as_for_everybody[place] for place in after if place[0] == gate.pk} == {
        place: row for place, row in after.items() if place[0] == gate.pk
    }


@pytest.mark.requirement("G-02", mutation="_held_places without `here`")
def test_other_terminals_are_left_as_they_are(club: Gym) -> None:
    pool = club.terminals[2]
    Holding.objects.exclude(terminal_id=pool.pk).update(wanted=b"not touched here")
    ValidityChange.objects.create(company_id=club.company.pk, user_id=10**9, walls="kept")
    refresh_terminal(club.company, pool.pk)
    assert {bytes(row.wanted or b"") for row in Holding.objects.exclude(terminal_id=pool.pk)} == {b"not touched here"}
    assert ValidityChange.objects.filter(user_id=10**9).exists()


@pytest.mark.requirement("R-01", mutation="_placed without `others`: only the keys that the user has now")
def test_holding_under_a_number_that_is_not_the_users_is_not_wanted_any_more(club: Gym) -> None:
    alice = User.objects.order_by("last_name")[0]
    club.tell()
    (row,) = Holding.objects.filter(key=str(alice.number), terminal_id=club.terminals[0].pk)
    for terminal, user_id in zip(club.terminals, (alice.pk, None), strict=False):
        Holding.objects.create(
            company=club.company, kind=row.kind, key="999", terminal_id=terminal.pk, user_id=user_id, wanted=row.wanted
        )
    refresh_holdings(club.company, {alice.pk})
    assert [bool(each.wanted) for each in Holding.objects.filter(key="999")] == [False] * min(2, len(club.terminals))
    assert held_of(alice, club.terminals[0])


def test_moment_of_a_user_is_written_where_it_differs_only(club: Gym) -> None:
    carol = club.add("Carol", club.staff, starts="2999-01-01T00:00")
    written = [("INSERT", "sync_validitychange"), ("DELETE", "sync_validitychange")]

    def writes() -> int:
        with CaptureQueriesContext(connection) as captured:
            refresh_holdings(club.company, {carol.pk})
        return sum(sql.startswith(verb) and table in sql for sql in (each["sql"] for each in captured) for verb, table in written)

    assert writes() == 0
    ValidityChange.objects.filter(user_id=carol.pk).update(claimed=True)  # as the scheduler does, whose refresh frees it
    assert writes() == 1
    assert not ValidityChange.objects.get(user_id=carol.pk).claimed
    User.objects.filter(pk=carol.pk).update(starts="")
    assert writes() == 1
    assert not ValidityChange.objects.filter(user_id=carol.pk).exists()
