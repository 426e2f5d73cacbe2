"""Each person who is read back as out of a terminal is recorded once, with since when they should have been out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.revocations.models import Evidence, Revocation
from doorsync.hub.sync.models import Holding, Mode
from doorsync.hub.users.models import User
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.removal_statement import RemovalStatement
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import limit, open_run, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Carol", "Dan", "Eve", "Frank"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    made = Counterpart(club.agent)
    send(club, made)
    return made


def recorded() -> list[tuple[str, str, str]]:
    """Name, door and evidence of all, oldest first."""
    return list(Revocation.objects.order_by("pk").values_list("name", "terminal_name", "evidence"))


def test_a_removal_is_recorded_at_each_door_once(club: Gym, there: Counterpart) -> None:
    alice = User.objects.get(last_name="Alice")
    number = alice.number
    assert recorded() == [], "who comes in is out of nothing"
    club.remove(alice)
    since = set(Holding.objects.filter(key=str(number)).values_list("wanted_since", flat=True))
    assert recorded() == [], "nothing was read back yet"

    send(club, there)
    send(club, there)

    assert sorted(recorded()) == [("Alice", "Gate", Evidence.REMOVED), ("Alice", "Pool", Evidence.REMOVED)]
    row = Revocation.objects.filter(terminal_name="Gate").get()
    assert (row.user_number, row.since in since, row.serial) == (number, True, there.device(club.terminals[0]).serial)


@pytest.mark.requirement("P-01", mutation="_statements() taking a statement about another batch or of another agent")
def test_what_the_agent_signed_is_kept_with_its_key_and_what_is_forged_is_not(club: Gym, there: Counterpart) -> None:
    alice, bob = User.objects.get(last_name="Alice"), User.objects.get(last_name="Bob")
    club.remove(alice)
    send(club, there)
    row = Revocation.objects.filter(terminal_name="Gate").get()
    said = envelope.verify(row.statement, RemovalStatement, PublicKeys.load(row.signed_with).sign)
    assert (said.user, said.name, said.serial) == (str(row.user_number), "Gate", row.serial)

    there.statements = lambda _right: [row.statement, envelope.sign(said, KeyPairs.generate().sign), "rubbish"]
    club.remove(bob)
    send(club, there)
    assert set(Revocation.objects.filter(name="Bob").values_list("statement", flat=True)) == {""}


def test_an_agent_of_an_older_version_signs_nothing(club: Gym, there: Counterpart) -> None:
    there.version = 3
    there.hello()
    club.remove(User.objects.get(last_name="Alice"))
    send(club, there)
    assert {(each.name, each.statement) for each in Revocation.objects.all()} == {("Alice", "")}


def test_a_change_is_no_revocation(club: Gym, there: Counterpart) -> None:
    club.rename(User.objects.get(last_name="Alice"), "Alicia")
    send(club, there)
    assert recorded() == []


def test_a_removal_that_the_terminal_did_not_carry_out_is_not_recorded(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.fault = lambda name: "lying" if name == gate.public_id else ""
    club.remove(User.objects.get(last_name="Alice"))
    send(club, there)
    assert {door for _, door, _ in recorded()} == {"Pool"}


def test_whoever_is_missing_from_a_memory_that_was_read_whole_is_recorded(club: Gym, there: Counterpart) -> None:
    gate, alice = club.terminals[0], User.objects.get(last_name="Alice")
    bob = User.objects.get(last_name="Bob")
    for each in (alice, bob):  # somebody took both off the terminal itself; only one of them should be out
        del there.device(gate).memory[Kind.USER, str(each.number)]
    club.remove(alice)
    open_run(club, gate, mode=Mode.VERIFY)
    there.work(rounds=1)
    assert recorded() == [("Alice", "Gate", Evidence.READ_WHOLE)]


def test_of_a_terminal_that_shows_nothing_only_its_word_is_recorded(club: Gym, there: Counterpart) -> None:
    limit(club, there, club.terminals[0], read_back="none")
    club.remove(User.objects.get(last_name="Alice"))
    send(club, there)
    assert ("Alice", "Gate", Evidence.ACKNOWLEDGED) in recorded()


@pytest.mark.requirement("I-03", mutation="removed_people() taking the key of whoever is no user for a number")
@pytest.mark.parametrize("key", ["4711", "@2"])
@pytest.mark.parametrize("way", ["removed", "read whole"])
def test_a_released_stranger_is_nobody_who_lost_access(club: Gym, there: Counterpart, key: str, way: str) -> None:
    gate = club.terminals[0]
    there.device(gate).memory[Kind.USER, "4711"] = {"name": "Somebody"}
    place = {"company": club.company, "kind": Kind.USER, "key": key, "terminal_id": gate.pk}
    Holding.objects.create(**place, held=b"something", label="Somebody")
    if way == "removed":
        send(club, there)
    else:
        del there.device(gate).memory[Kind.USER, "4711"]
        open_run(club, gate, mode=Mode.VERIFY)
        there.work(rounds=1)
    assert recorded() == []
    assert not Holding.objects.filter(key=key, held__isnull=False).exists()
