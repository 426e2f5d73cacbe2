"""Many people are written portion by portion: others have their turn in between, and what was stopped goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.hub.administrators.actions import issue_sync_token
from doorsync.hub.audit.trail import Actor
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_import import Import, ImportStopped, prepare_import
from doorsync.hub.sync.models import Holding, Run
from doorsync.hub.users.chunks import PEOPLE
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.factories.gym import Gym, gym

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 3 * PEOPLE + 20


@pytest.fixture
def club() -> Gym:
    return gym()


def ready(club: Gym, path: Path, text: str, *, complete: bool = False) -> Import:
    path.write_text(text)
    return prepare_import(company=club.company, path=path, complete=complete, actor=club.actor)[0]


def rows(count: int, *, shift: int = 0, group: str = "Members") -> str:
    cards = (1_000_000 + (number + shift) % count for number in range(count))
    return "id;last_name;groups;cards\n" + "".join(f"{n};N{n};{group};{card}\n" for n, card in enumerate(cards))


@pytest.fixture
def signals() -> Iterator[list[tuple[set[int] | None, Actor | None]]]:
    heard: list[tuple[set[int] | None, Actor | None]] = []

    def listen(*, users: set[int] | None, actor: Actor | None, **_: Any) -> None:
        heard.append((users, actor))

    access_changed.connect(listen)
    yield heard
    access_changed.disconnect(listen)


@pytest.mark.requirement("G-02", mutation="all portions are written within one transaction")
def test_another_company_has_its_turn_between_two_portions(club: Gym, tmp_path: Path) -> None:
    other = world.administrator(world.other_company())
    begun, seen = threading.Event(), list[int]()

    def after_first_portion(**_: object) -> None:
        transaction.on_commit(begun.set)  # before that nobody else sees it

    def ask() -> None:
        begun.wait(60)
        issue_sync_token(administrator=other, actor=Actor(company_id=other.company_id, via="test"))
        with scope(company=club.company):
            seen.append(User.objects.count())
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    access_changed.connect(after_first_portion)
    try:
        ready(club, tmp_path / "people.csv", rows(20 * PEOPLE)).write(Summary())
    finally:
        access_changed.disconnect(after_first_portion)
    asking.join(60)

    assert seen
    assert 0 < seen[0] < 20 * PEOPLE


@pytest.mark.requirement("G-02", mutation="a second import begins with everybody instead of what differs")
def test_import_that_was_stopped_goes_on_where_it_was(
    club: Gym, tmp_path: Path, signals: list[tuple[set[int] | None, Actor | None]]
) -> None:
    importing = ready(club, tmp_path / "people.csv", rows(MANY))

    def gone(*, users: set[int] | None, **_: Any) -> None:
        if len(signals) == 3:
            raise OperationalError

    access_changed.connect(gone)
    summary = Summary()
    with pytest.raises(ImportStopped):
        importing.write(summary)
    access_changed.disconnect(gone)
    assert summary.lines() == [f"Added {2 * PEOPLE} users."]

    again = Summary()
    ready(club, tmp_path / "people.csv", rows(MANY)).write(again)

    assert again.lines() == [f"Added {MANY - 2 * PEOPLE} users."]
    with scope(company=club.company):
        assert User.objects.count() == MANY
        assert Holding.objects.filter(user_id__isnull=False).count() == 2 * MANY
    assert not verify_trail(club.company.pk, begins="").fault


@pytest.mark.requirement("D-03", mutation="each portion sends its removals by itself, so that none is over the guard")
def test_removals_are_counted_together(club: Gym, tmp_path: Path, signals: list[tuple[set[int] | None, Actor | None]]) -> None:
    ready(club, tmp_path / "people.csv", rows(MANY)).write(Summary())
    signals.clear()

    ready(club, tmp_path / "people.csv", "id\n0\n", complete=True).write(Summary())

    assert [actor for _, actor in signals[:-1]] == [None] * (len(signals) - 1)
    assert len(signals) == -(-(MANY - 1) // PEOPLE) + 1
    assert signals[-1] == (set(), club.actor)
    with scope(company=club.company):
        assert User.objects.count() == 1
        assert not Run.objects.exists()


def test_cards_that_all_move_on_are_written_together(club: Gym, tmp_path: Path) -> None:
    ready(club, tmp_path / "people.csv", rows(MANY)).write(Summary())

    moving = ready(club, tmp_path / "people.csv", rows(MANY, shift=1))
    assert len(moving.preview().changed) == MANY
    summary = Summary()
    moving.write(summary)

    assert summary.lines() == [f"Changed {MANY} users."]
    with scope(company=club.company):
        first = User.objects.select_related("company").get(external_id="0")
        assert credentials_of(first) == {"card": {"1000001"}}


def test_queries_of_a_portion_do_not_grow_with_the_company(club: Gym, tmp_path: Path) -> None:
    def queries(text: str) -> int:
        importing = ready(club, tmp_path / "people.csv", text)
        with CaptureQueriesContext(connection) as captured:
            importing.write(Summary())
        return len(captured)

    few = queries(rows(PEOPLE))
    many = queries(rows(3 * PEOPLE))

    assert many < 3.5 * few


@pytest.mark.parametrize("text", [rows(MANY), rows(MANY, group="Staff"), "id;last_name\n5;Fifth\n"])
@pytest.mark.requirement("D-02", mutation="what a portion would do is worked out without writing it")
def test_preview_says_what_each_door_becomes(club: Gym, tmp_path: Path, text: str) -> None:
    ready(club, tmp_path / "people.csv", rows(MANY - 50, group="Members")).write(Summary())
    before = {terminal.name: club.should_hold(terminal) for terminal in club.terminals}
    importing = ready(club, tmp_path / "people.csv", text, complete=True)

    doors = {door.name: (sorted(door.gains), sorted(door.loses)) for door in importing.preview().doors}
    importing.write(Summary())

    for terminal in club.terminals:
        was, became = before[terminal.name], club.should_hold(terminal)
        gains = sorted(name for number, name in became.items() if number not in was)
        loses = sorted(name for number, name in was.items() if number not in became)
        assert doors.get(terminal.name, ([], [])) == (gains, loses)
