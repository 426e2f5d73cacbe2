"""A person is erased: out of all doors first, and then nothing names them any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.privacy.erasing import erase_former, erase_person, finish_erasures
from doorsync.hub.privacy.errors import NumberInUse
from doorsync.hub.privacy.models import Erasure
from doorsync.hub.privacy.queries import waiting_holdings
from doorsync.hub.revocations.models import Revocation
from doorsync.hub.sync.models import Holding, Mode
from doorsync.hub.users.actions import create_user, remove_user
from doorsync.hub.users.errors import UserGone
from doorsync.hub.users.models import BulkEdit, FormerUser, ImportFile, LostCredential, User
from doorsync.hub.visitors.models import Visit
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.privacy.dump import in_database_file, places_of
from tests.hub.privacy.somebody import WORDS, at_the_door, traces_of, zephyrine
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import send

CLEAR = {
    *(f"users_user.info{number}" for number in range(1, 15)),
    *(f"users_user.{name}" for name in ("external_id", "first_name", "insertion", "last_name", "email", "phone")),
    "users_user.searched_name",
    *(f"users_user.contractor_{name}" for name in ("code", "name")),
    "visitors_visit.host_name",
    "revocations_revocation.name",
    "sync_holding.label",
}


def finish() -> int:
    return finish_erasures(timezone.now())


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def person(club: Gym, there: Counterpart) -> User:
    """In two doors, with traces everywhere."""
    made = zephyrine(club)
    for name in ("Alice", "Bob", "Carol"):
        world.user(club.company, name, club.members)
    with transaction.atomic():
        club.tell()
    send(club, there)
    traces_of(club, made, club.terminals[0])
    return made


def left_behind(person: User) -> dict[str, bool]:
    """What cannot be found by a word, because it is sealed or an id."""
    return {
        "events": AccessEvent.objects.filter(user_number=person.number).exists(),
        "keys": AccessEvent.objects.filter(key=str(person.number)).exists(),
        "cards": AccessEvent.objects.filter(card_sealed__isnull=False).exists(),
        "lookups": AccessEvent.objects.filter(card_lookup__isnull=False).exists(),
        "lost": LostCredential.objects.exclude(sealed=b"").exists(),
        "uploads": ImportFile.objects.exists(),
        "together": BulkEdit.objects.filter(after__has_key=str(person.pk)).exists(),
        "visits": Visit.objects.filter(user_id=person.pk).exists(),
        "holdings": Holding.objects.filter(user_id=person.pk).exists(),
    }


@pytest.mark.requirement("P-01", mutation="`_forget_events` without the revocations")
@pytest.mark.requirement("R-08", mutation="`trail.record` of an erasure with the person's name")
def test_nothing_names_the_person_once_all_doors_have_confirmed(club: Gym, there: Counterpart, person: User) -> None:
    assert places_of(WORDS) == CLEAR, "each place where something stands in clear is tried"
    assert all(left_behind(person).values())
    events = AccessEvent.objects.count()

    erasure = erase_person(user=person, actor=club.actor)
    assert places_of(WORDS) == {"sync_holding.label"}, "only what the doors need"
    assert {name for name, there in left_behind(person).items() if there} == {"holdings"}
    assert finish() == 0

    send(club, there)
    assert finish() == 1
    assert places_of(WORDS) == set()
    assert not any(left_behind(person).values())
    assert AccessEvent.objects.count() == events, "who was let in when is still counted"
    assert verify_trail(club.company.pk, begins="").fault == ""
    erasure.refresh_from_db()
    assert erasure.card_lookups == []
    assert [(each["door"], each["evidence"], bool(each["confirmed_at"])) for each in erasure.doors] == [
        ("Gate", "removed", True),
        ("Pool", "removed", True),
    ]
    assert all(str(person.number) not in device.people() for device in there.devices.values())
    assert finish() == 0, "once"


@pytest.mark.requirement("P-01", mutation="`_waits` without the holdings")
def test_a_door_that_does_not_answer_is_waited_for(club: Gym, there: Counterpart, person: User) -> None:
    pool = club.terminals[2]
    there.fault = lambda name: "gone" if name == pool.public_id else ""
    erasure = erase_person(user=person, actor=club.actor)
    send(club, there)
    assert finish() == 0
    assert [row.terminal_id for row in waiting_holdings(erasure)] == [pool.pk]
    assert places_of(WORDS) == {"sync_holding.label"}

    there.fault = lambda _name: ""
    send(club, there)
    assert finish() == 1
    assert places_of(WORDS) == set()


def test_a_door_that_never_had_them_is_confirmed_without_evidence(club: Gym) -> None:
    person = zephyrine(club)
    erasure = erase_person(user=person, actor=club.actor)
    send(club, Counterpart(club.agent))
    assert finish() == 1
    erasure.refresh_from_db()
    assert {each["door"] for each in erasure.doors} == {"Gate", "Pool"}
    assert places_of(WORDS) == set()


@pytest.mark.requirement("P-01", mutation="`_rows` without the erased numbers")
@pytest.mark.parametrize("late", [False, True], ids=["while doors are waited for", "after it is finished"])
def test_what_a_terminal_tells_later_is_kept_without_the_person(
    club: Gym, there: Counterpart, person: User, *, late: bool
) -> None:
    erase_person(user=person, actor=club.actor)
    if late:
        send(club, there)
        finish()
    at_the_door(club, person, club.terminals[0], 3)
    send(club, there)
    finish()
    assert AccessEvent.objects.count() == 4
    assert not AccessEvent.objects.filter(user_number__isnull=False).exists()
    assert not AccessEvent.objects.exclude(key="").exists()
    if not late:
        assert not AccessEvent.objects.filter(card_sealed__isnull=False).exists()


def test_a_terminal_that_is_put_back_to_before_is_cleared_again(club: Gym, there: Counterpart, person: User) -> None:
    gate = there.device(club.terminals[0])
    before = dict(gate.memory)
    erase_person(user=person, actor=club.actor)
    send(club, there)
    finish()
    gate.memory = before
    send(club, there, mode=Mode.VERIFY)
    send(club, there)
    assert str(person.number) not in gate.people()
    assert places_of(WORDS) == set()


def test_somebody_else_keeps_everything(club: Gym, there: Counterpart, person: User) -> None:
    other = club.add("Other", club.members, card="5550001")
    send(club, there)
    at_the_door(club, other, club.terminals[0], 3)
    kept = AccessEvent.objects.filter(user_number=other.number).count()
    erase_person(user=person, actor=club.actor)
    send(club, there)
    finish()
    assert AccessEvent.objects.filter(user_number=other.number, key=str(other.number)).count() == kept == 1
    assert Holding.objects.filter(user_id=other.pk, wanted__isnull=False).count() == 2
    assert {"Alice", "Bob", "Carol", "Other"} <= set(User.objects.values_list("last_name", flat=True))


def test_their_own_id_is_forgotten(club: Gym, person: User) -> None:
    erase_person(user=person, actor=club.actor)
    assert not FormerUser.objects.exists()
    back = create_user(company=club.company, actor=club.actor, last_name="New", external_id="zq-4711")
    assert back.number != person.number


def test_whoever_comes_back_with_the_number_is_no_part_of_the_erasure(club: Gym, there: Counterpart, person: User) -> None:
    erase_person(user=person, actor=club.actor)
    back = world.user(club.company, "Back", club.members, number=person.number, card="5550002")
    with transaction.atomic():
        club.tell(back)
    assert finish() == 0, "the doors still hold the old record"
    send(club, there)
    at_the_door(club, back, club.terminals[0], 3)
    assert finish() == 1
    assert AccessEvent.objects.filter(user_number=back.number).count() == 1
    assert places_of(WORDS) == set()


def test_whoever_is_gone_already_is_not_erased(club: Gym, person: User) -> None:
    remove_user(user=person, actor=club.actor)
    with pytest.raises(UserGone):
        erase_person(user=person, actor=club.actor)
    assert not Erasure.objects.exists()


def test_the_audit_says_who_asked_and_when_it_was_done(club: Gym, there: Counterpart, person: User) -> None:
    erasure = erase_person(user=person, actor=club.actor)
    send(club, there)
    finish()
    subject = {"user": person.pk, "number": person.number, "erasure": erasure.pk}
    told = [
        (entry.event, entry.actor["administrator_id"], entry.subject) for entry in Entry.objects.filter(event__contains="eras")
    ]
    assert told == [("user.erasure-asked", club.administrator.pk, subject), ("user.erased", None, subject)]


def test_revocations_of_the_removal_have_no_name(club: Gym, there: Counterpart, person: User) -> None:
    erase_person(user=person, actor=club.actor)
    send(club, there)
    assert set(Revocation.objects.filter(user_number=person.number).values_list("name", flat=True)) == {""}


def test_a_company_that_is_not_asked_is_not_touched(club: Gym, person: User) -> None:
    ImportFile.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert finish() == 0
    assert ImportFile.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL clears its files by vacuum")
def test_the_file_of_sqlite_has_nothing_left_either(club: Gym, there: Counterpart, person: User) -> None:
    assert in_database_file(WORDS[:2]) == WORDS[:2]
    erase_person(user=person, actor=club.actor)
    send(club, there)
    finish()
    assert in_database_file(WORDS) == []


@pytest.mark.requirement("P-01", mutation="`erase_former` without the names that are left")
def test_somebody_who_was_deleted_before_is_erased_too(club: Gym, there: Counterpart, person: User) -> None:
    remove_user(user=person, actor=club.actor)
    assert places_of(WORDS) == {"visitors_visit.host_name", "revocations_revocation.name", "sync_holding.label"}
    erasure = erase_former(company=club.company, number=person.number, actor=club.actor)
    assert erasure.user_id == person.pk
    assert {each["door"] for each in erasure.doors} == {"Gate", "Pool"}
    assert finish() == 0
    send(club, there)
    assert finish() == 1
    assert not {name for name, there in left_behind(person).items() if there} - {"cards", "lookups"}


def test_a_number_that_somebody_has_is_not_a_former_one(club: Gym, person: User) -> None:
    with pytest.raises(NumberInUse):
        erase_former(company=club.company, number=person.number, actor=club.actor)
    assert not Erasure.objects.exists()


def test_a_number_that_nobody_had_comes_to_nothing(club: Gym) -> None:
    erase_former(company=club.company, number=987654, actor=club.actor)
    assert finish() == 1
