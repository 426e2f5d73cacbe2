"""A terminal that cannot be read is filled all the same, and its people are accepted, not verified."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import Readback
from doorsync.hub.sync.holdings.terminal_status import Condition, terminal_statuses
from doorsync.hub.sync.models import Holding, HoldingState, Mode
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import limit, send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def blind(club: Gym, gate: Terminal) -> Counterpart:
    there = Counterpart(club.agent)
    limit(club, there, gate, read_back=Readback.NONE, readable=[], schedule_readable=[])
    there.refuses_whole = True
    send(club, there, gate)
    return there


@pytest.mark.requirement("I-04", mutation="`verifiable` always true: what nobody has read is called up to date")
def test_it_is_filled_and_emptied_by_what_it_accepts(club: Gym, gate: Terminal) -> None:
    there = blind(club, gate)
    assert len(there.device(gate).people()) == 2
    gate.refresh_from_db()
    assert terminal_statuses([gate])[gate.pk].condition is Condition.ACCEPTED  # never "up to date": nothing was read back
    assert not Holding.objects.filter(terminal_id=gate.pk).exclude(state=HoldingState.SAME).exists()
    club.remove(User.objects.get(last_name="Bob"))
    send(club, there, gate)
    assert len(there.device(gate).people()) == 1


@pytest.mark.requirement("I-02", mutation="`_new` reading it first: nobody is ever added there again")
def test_a_doubt_leads_to_no_read_that_nobody_could_make(club: Gym, gate: Terminal) -> None:
    there = blind(club, gate)
    Terminal.objects.filter(pk=gate.pk).update(unread=UnreadCode.CLOCK_JUMPED())
    club.add("Charlie", club.members)
    send(club, there, gate)
    assert len(there.device(gate).people()) == 3
    send(club, there, gate, mode=Mode.VERIFY)
    gate.refresh_from_db()
    assert (gate.verified_at, bool(gate.unread)) == (None, False)
