"""Numbers of users: never given to somebody else, whatever happened to the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.files.lock import wait_for_lock
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.settings import key_files
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.users import numbers
from doorsync.hub.users.actions import change_user, remove_user
from doorsync.hub.users.errors import BadFields, NumberTaken
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
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
    in_the_way = key_files.folder() / f".{numbers._name(club.company)}.json.draft"
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
        assert set(rows.values_list("state", flat=True)) == {HoldingState.REMOVE}
        assert make(club, "Alice", own_id="M-1") == [number]
        assert set(rows.values_list("state", flat=True)) == {HoldingState.SAME}


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


def give(club: Gym, number: int, name: str = "Given", own_id: str = "") -> User:
    company = Company.objects.get(pk=club.company.pk)
    write = Write({"last_name": name, "external_id": own_id, "number": number})
    return write_users(company=company, writes=[write], actor=club.actor).outcomes[0].user


def test_number_that_a_program_gives_is_taken_and_passed_over_afterwards(club: Gym) -> None:
    (first,) = make(club, "Alice")
    assert give(club, first + 2).number == first + 2
    assert give(club, 400_000_000).number == 400_000_000
    assert make(club, "Bob", "Charlie") == [first + 1, first + 3]


@pytest.mark.parametrize("wrong", [0, -1, 400_000_001, True, "7"])
def test_number_outside_the_range_is_refused(club: Gym, wrong: int) -> None:
    with pytest.raises(BadFields, match="1 to 400000000"):
        give(club, wrong)


def test_number_that_somebody_has_or_had_is_refused(club: Gym) -> None:
    (ours,) = make(club, "Alice")
    there, gone = give(club, 5000), give(club, 6000)
    remove_user(user=gone, actor=club.actor)
    for number in (ours, there.number, gone.number):
        with pytest.raises(NumberTaken):
            give(club, number, "Mallory")
    with scope(company=club.company):
        assert not User.objects.filter(last_name="Mallory").exists()


def test_number_is_given_back_to_the_same_person_only(club: Gym) -> None:
    remove_user(user=give(club, 5000, "Erika", own_id="e"), actor=club.actor)
    with pytest.raises(NumberTaken):
        give(club, 5000, "Mallory", own_id="m")
    assert give(club, 5000, "Erika", own_id="e").number == 5000


def test_number_that_is_an_id_comes_back_where_it_was_given_and_nowhere_else(club: Gym) -> None:
    (ours,) = make(club, "Alice")
    for user in (give(club, 5000), give(club, 6000, "Erika", own_id="e")):
        remove_user(user=user, actor=club.actor)
    with scope(company=club.company):
        remove_user(user=User.objects.get(number=ours), actor=club.actor)
    company = Company.objects.get(pk=club.company.pk)

    def again(number: int) -> int:
        write = Write({"last_name": "Again", "number": number}, number_is_id=True)
        return write_users(company=company, writes=[write], actor=club.actor).outcomes[0].user.number

    assert again(5000) == 5000
    for number in (ours, 5000, 6000):
        with pytest.raises(NumberTaken):
            again(number)


@pytest.mark.requirement("I-05", mutation="`_given_beside` always empty: the older database knew nothing of the number")
def test_given_number_is_refused_to_another_after_a_restore(club: Gym) -> None:
    backup = Backup()
    give(club, 5000, "Erika")
    backup.restore()
    with pytest.raises(NumberTaken):
        give(club, 5000, "Mallory")


def test_number_of_a_user_never_changes(club: Gym) -> None:
    user = give(club, 5000)
    assert not change_user(user=user, actor=club.actor, number=5000)
    with pytest.raises(BadFields, match="never changes"):
        change_user(user=user, actor=club.actor, number=5001)


def test_one_number_for_two_new_users_is_refused(club: Gym) -> None:
    company = Company.objects.get(pk=club.company.pk)
    with pytest.raises(NumberTaken):
        write_users(company=company, writes=[Write({"last_name": name, "number": 7}) for name in "AB"], actor=club.actor)


@pytest.mark.requirement("I-05", mutation="_note() not waiting: the database has the number before the disk beside it does")
def test_numbers_are_on_the_disk_before_their_transaction_is(club: Gym) -> None:
    make(club, "Bob")  # whoever gives the first number makes the file, and waits for the folder then
    held, given, order = Event(), Event(), list[str]()

    def hold_the_folder() -> None:
        with wait_for_lock(key_files.folder()):
            held.set()
            given.wait(10)
            sleep(0.3)  # in which the transaction could end, if it did not wait
            order.append("written")

    with ThreadPoolExecutor(1) as other:
        other.submit(hold_the_folder)
        assert held.wait(10)
        with company_transaction(club.company, club.actor):
            (number,) = make(club, "Alice")
            given.set()
        order.append("ended")
    assert order == ["written", "ended"]
    assert numbers._furthest(club.company) == number


def test_what_was_noted_before_is_kept_whoever_notes_meanwhile(club: Gym) -> None:
    with scope(company=club.company), company_transaction(club.company, club.actor):
        numbers.new_numbers(club.company, [("", 500)])
        numbers.new_numbers(club.company, [("", 501), ("", 700)])
        numbers.new_numbers(club.company, [("", None)])
    assert numbers._given_beside(club.company) == [(500, 501), (700, 700)]
    assert numbers._furthest(club.company) > 0
