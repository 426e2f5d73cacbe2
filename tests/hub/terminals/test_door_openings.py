"""Which doors can be opened from here, requests to do so, and what is written down of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.reason import NO_REASON
from doorsync.hub.reasons.fields import ReasonField
from doorsync.hub.terminals.door_openings import (
    KEPT,
    LATEST,
    LIFE,
    NOT_FETCHED,
    SENTENCES,
    UNANSWERED,
    Obstacle,
    close_openings,
    note_answer,
    obstacle,
    result_of,
    waiting_openings,
)
from doorsync.hub.terminals.errors import AlreadyBeingOpened, DoorNotOpenable
from doorsync.hub.terminals.models import DoorOpening
from doorsync.hub.terminals.reason_codes import QuarantineCode
from tests.factories.gym import Gym, gym
from tests.hub.terminals.openable import Opener, openable


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def opener(club: Gym) -> Opener:
    return openable(club)


def without_remote_doors() -> dict[str, Any]:
    """The capabilities as an agent told them that did not know of opening doors."""
    limits = Capabilities().as_dict()
    del limits["remote_doors"]
    return limits


def now() -> Any:
    return timezone.now()


STANDS_IN_THE_WAY: dict[Obstacle, Callable[[Opener], None]] = {
    Obstacle.AGENT_IN_BROWSER: lambda it: it.change_agent(waited_at=None),
    Obstacle.AGENT_AWAY: lambda it: it.change_agent(waited_at=now() - timedelta(minutes=5), seen_at=now() - timedelta(minutes=5)),
    Obstacle.AGENT_OLD: lambda it: it.change_agent(version=4),
    Obstacle.NEVER_REACHED: lambda it: it.change(pinned_at=None),
    Obstacle.OTHER_DEVICE: lambda it: it.change(other_at=now(), other_serial="S2"),
    Obstacle.LOST: lambda it: it.change(lost_at=now()),
    Obstacle.NOT_ASKED_YET: lambda it: it.change(limits=without_remote_doors()),
    Obstacle.NOT_THIS_ONE: lambda it: it.change(limits=Capabilities().as_dict()),
}


@pytest.mark.parametrize("which", list(Obstacle))
def test_nothing_is_asked_for_where_something_stands_in_the_way(opener: Opener, which: Obstacle) -> None:
    assert obstacle(opener.gate, now()) is None
    STANDS_IN_THE_WAY[which](opener)
    assert obstacle(opener.gate, now()) is which
    with pytest.raises(DoorNotOpenable, match=str(SENTENCES[which])):
        opener.ask()
    assert not DoorOpening.objects.exists()
    assert opener.audited() == []


@pytest.mark.parametrize(
    "agent", [{"quarantined": QuarantineCode.TWO_COPIES()}, {"keys": None}, {"keys": None, "waited_at": None}]
)
def test_an_agent_that_takes_nothing_from_the_hub_by_itself_counts_as_away(opener: Opener, agent: dict[str, Any]) -> None:
    opener.change_agent(**agent)
    assert obstacle(opener.gate, now()) is Obstacle.AGENT_AWAY


def test_what_comes_into_the_way_later_keeps_the_command_back(opener: Opener) -> None:
    opener.ask()
    assert len(waiting_openings(opener.agent, now())) == 1
    opener.change(other_at=now(), other_serial="S2")
    assert waiting_openings(opener.agent, now()) == []


def test_a_door_that_the_terminal_does_not_name_is_not_asked_for(opener: Opener) -> None:
    with pytest.raises(DoorNotOpenable):
        opener.ask(2)


def test_a_request_says_who_and_is_in_the_audit_before_anything_leaves(opener: Opener, club: Gym) -> None:
    opening = opener.ask()
    assert opening.administrator_id == club.administrator.pk
    assert opening.expires_at - opening.asked_at == LIFE
    ((event, subject),) = opener.audited()
    assert (event, subject["terminal"], subject["door"]) == ("door.open-asked", opener.gate.pk, 1)


def test_a_door_is_asked_for_once_at_a_time(opener: Opener) -> None:
    opening = opener.ask()
    with pytest.raises(AlreadyBeingOpened):
        opener.ask()
    opener.fetch()
    with pytest.raises(AlreadyBeingOpened):
        opener.ask()
    opener.let_pass(opening, (LIFE + LATEST).total_seconds() + 1)
    assert opener.ask().pk != opening.pk


def test_two_doors_of_one_terminal_are_asked_for_together(club: Gym) -> None:
    opener = openable(club, doors=("1", "3"))
    opener.ask(1)
    opener.ask(3)
    assert [each.door for each in waiting_openings(opener.agent, now())] == [1, 3]


def test_what_is_not_fetched_in_time_stays_shut_and_is_never_handed_out(opener: Opener) -> None:
    opening = opener.ask()
    opener.let_pass(opening, LIFE.total_seconds())
    assert waiting_openings(opener.agent, now()) == []
    assert result_of(opener.stored(opening), now()) == NOT_FETCHED
    assert close_openings(now()) == 1
    assert close_openings(now()) == 0
    assert opener.stored(opening).result == NOT_FETCHED
    event, subject = opener.audited()[-1]
    assert (event, subject["result"], subject["opening"]) == ("door.not-opened", NOT_FETCHED, opening.pk)
    assert waiting_openings(opener.agent, now()) == []


def test_of_what_was_fetched_and_never_answered_nobody_knows(opener: Opener) -> None:
    opening = opener.ask()
    assert len(opener.fetch()) == 1
    opener.let_pass(opening, LIFE.total_seconds() + 1)
    assert result_of(opener.stored(opening), now()) == "", "the answer may be on its way"
    assert close_openings(now()) == 0
    opener.let_pass(opening, LATEST.total_seconds())
    assert result_of(opener.stored(opening), now()) == UNANSWERED
    assert close_openings(now()) == 1
    assert opener.audited()[-1][0] == "door.unanswered"


def test_an_answer_that_comes_very_late_is_the_truth_all_the_same(opener: Opener, club: Gym) -> None:
    opening = opener.ask()
    opener.fetch()
    opener.let_pass(opening, (LIFE + LATEST).total_seconds())
    close_openings(now())
    assert note_answer(opener.stored(opening), result="opened", reason=NO_REASON, actor=club.actor)
    assert opener.stored(opening).result == "opened"
    assert [event for event, _ in opener.audited()] == ["door.open-asked", "door.unanswered", "door.opened"]


def test_only_the_first_answer_counts_and_none_to_what_was_not_handed_out(opener: Opener, club: Gym) -> None:
    opening = opener.ask()
    assert not note_answer(opening, result="opened", reason=NO_REASON, actor=club.actor)
    opener.fetch()
    assert note_answer(opening, result="refused", reason=NO_REASON, actor=club.actor)
    assert not note_answer(opening, result="opened", reason=NO_REASON, actor=club.actor)
    assert opener.stored(opening).result == "refused"
    assert [event for event, _ in opener.audited()] == ["door.open-asked", "door.not-opened"]


def test_old_requests_are_forgotten_by_the_next_one(opener: Opener) -> None:
    opening = opener.ask()
    opener.let_pass(opening, KEPT.total_seconds() + 60)
    opener.ask()
    assert not DoorOpening.objects.filter(pk=opening.pk).exists()


def test_why_it_stayed_shut_is_kept_as_a_reason() -> None:
    assert isinstance(DoorOpening._meta.get_field("reason"), ReasonField)
