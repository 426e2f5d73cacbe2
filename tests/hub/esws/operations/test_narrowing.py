"""What a program takes away is out of the doors without anybody's press: from the call to the run, its batch and the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.sync.models import Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import InfoField
from tests.factories.esws import call
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym()
    made.add("Bob", made.staff)  # nobody is the only one at a door: to empty one waits for the typed number
    made.add("Alice", made.members, made.staff, number=7, external_id="M-1", card="5", pin="4242")
    with scope(company=made.company):
        InfoField.objects.create(company=made.company, number=3, label="Member", function="external_id")
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """All terminals hold what they should, and their agent dials out."""
    counterpart = Counterpart(club.agent)
    choice = Selection(locations=frozenset(each.pk for each in club.locations))
    start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    counterpart.work()
    Agent.objects.update(waited_at=timezone.now(), seen_at=timezone.now())
    assert alice_at(counterpart, club.terminals[0])["cards"] == ["5"]
    return counterpart


def alice_at(there: Counterpart, terminal: Terminal) -> Any:
    return there.device(terminal).people().get("7", {})


@pytest.mark.requirement("I-06", mutation="write_users() without `change.affects`")
@pytest.mark.parametrize(
    ("operation", "given", "name", "left"),
    [
        ("updateUser", {"p_Id": "7", "p_ExpireDate": "2020-01-01"}, "cards", None),
        ("updateUser", {"p_Id": "7", "p_ExpireDate": "2029-01-01 12:00"}, "until", "2029-01-01T12:00"),
        ("updateUser2", {"p_ID": "7", "p_groupId": "", "p_groupUpdate": "1"}, "cards", None),
        ("updateUser", {"p_Id": "7", "p_PIN": ""}, "pin", ""),
        ("updateUserAltId", {"p_wsAltUserId": "M-1", "p_cardId": "Remove"}, "cards", []),
        ("updateCard", {"p_wsAltUserId": "M-1", "p_usbCardId": ""}, "cards", []),
        ("deleteUser", {"p_Id": "7"}, "cards", None),
    ],
)
def test_what_is_taken_away_is_out_of_the_door_by_itself(
    club: Gym, there: Counterpart, operation: str, given: dict[str, str], name: str, left: object
) -> None:
    call(operation, **given)

    assert Run.objects.filter(closed_at=None).count() == 1
    there.work()
    assert alice_at(there, club.terminals[0]).get(name) == left


@pytest.mark.requirement("I-06", mutation="write_users() without `change.affects`")
def test_a_group_less_closes_its_doors_and_leaves_the_others(club: Gym, there: Counterpart) -> None:
    call("updateUser", p_Id="7", p_groupName="Members", p_groupUpdate="1")
    there.work()

    gate, office, _pool = club.terminals
    assert (bool(alice_at(there, gate)), bool(alice_at(there, office))) == (True, False)


@pytest.mark.requirement("I-06", mutation="write_users() without `change.affects`")
def test_a_replaced_card_opens_nothing_any_more(club: Gym, there: Counterpart) -> None:
    call("updateCard", p_wsAltUserId="M-1", p_usbCardId="6")
    there.work()

    assert "5" not in alice_at(there, club.terminals[0]).get("cards", [])
