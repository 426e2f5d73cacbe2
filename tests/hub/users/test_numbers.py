"""Numbers of users: never given to somebody else, whatever happened to the database."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.settings import keyring
from doorsync.hub.sync.models import Holding, State
from doorsync.hub.users import numbers
from doorsync.hub.users.checking import Write
from doorsync.hub.users.models import User
from doorsync.hub.users.writing import write_users
from tests.factories import world
from tests.factories.backup import Backup
from tests.factories.gym import Gym, gym

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    return gym()


def make(club: Gym, *names: str, own_id: str = "") -> list[int]:
    """Make people; returns their numbers."""
    company = Company.objects.get(pk=club.company.pk)
    writes = [Write({"last_name": name, "external_id": own_id, "groups": frozenset([club.members.pk])}) for name in names]
    return [each.user.number for each in write_users(company=company, writes=writes, actor=club.actor).outcomes]


@pytest.mark.requirement("I-05", mutation="_furthest always 0: the older database's last number was counted on")
def test_number_is_not_given_a_second_time_after_a_restore(club: Gym) -> None:
    make(club, "Alice")
    backup = Backup()
    later = make(club, "Bob", "Charlie")
    backup.restore()
    assert make(club, "Dora")[0] > max(later)


@pytest.mark.requirement("I-05", mutation="numbers_in_terminals returns nobody")
def test_number_under_which_a_terminal_holds_somebody_is_skipped(club: Gym) -> None:
    (first,) = make(club, "Alice")
    with scope(company=club.company):
        for number in (first + 1, first + 3):
            Holding.objects.create(
                company=club.company, kind=Kind.USER, key=str(number), terminal_id=club.terminals[0].pk, held=b"x" * 16
            )
    assert make(club, "Bob", "Charlie") == [first + 2, first + 4]


def test_disk_that_cannot_be_written_to_stops_nobody(club: Gym) -> None:
    make(club, "Alice")
    in_the_way = keyring.folder() / f".{numbers._name(club.company)}.json.draft"
    in_the_way.mkdir()
    try:
        assert make(club, "Bob")
    finally:
        in_the_way.rmdir()


@pytest.mark.requirement("I-04", mutation="remember() keeps nothing: new and to remove instead of nothing")
def test_undoing_an_accidental_removal_leaves_nothing_to_do(club: Gym) -> None:
    (number,) = make(club, "Alice", own_id="M-1")
    with scope(company=club.company):
        rows = Holding.objects.filter(key=str(number), kind=Kind.USER)
        for row in rows:
            rows.filter(terminal_id=row.terminal_id).update(held=row.wanted)
        write_users(company=club.company, gone=[User.objects.get(number=number)], actor=club.actor)
        assert set(rows.values_list("state", flat=True)) == {State.REMOVE}
        assert make(club, "Alice", own_id="M-1") == [number]
        assert set(rows.values_list("state", flat=True)) == {State.SAME}


def test_number_of_somebody_with_another_own_id_is_not_given_back(club: Gym) -> None:
    (number,) = make(club, "Alice", own_id="M-1")
    with scope(company=club.company):
        write_users(company=club.company, gone=[User.objects.get(number=number)], actor=club.actor)
    assert make(club, "Bob", own_id="M-2") == [number + 1]
    assert make(club, "Carol") == [number + 2]


def test_number_that_somebody_has_by_now_is_not_given_back(club: Gym) -> None:
    """As after a restore, or a repair by hand."""
    (number,) = make(club, "Alice", own_id="M-1")
    with scope(company=club.company):
        write_users(company=club.company, gone=[User.objects.get(number=number)], actor=club.actor)
    world.user(club.company, "Bob", club.members, number=number)
    assert make(club, "Alice", own_id="M-1") == [number + 1]


def test_own_id_of_another_company_gives_nothing_back(club: Gym) -> None:
    (number,) = make(club, "Alice", own_id="M-1")
    with scope(company=club.company):
        write_users(company=club.company, gone=[User.objects.get(number=number)], actor=club.actor)
    other = gym(other=True)
    before = Company.objects.get(pk=other.company.pk).last_number
    assert make(other, "Mallory", own_id="M-1") == [before + 1]
