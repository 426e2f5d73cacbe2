"""Two copies of one agent are noticed; whoever can only repeat, delay or reorder what one agent said proves nothing."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.reason import NO_REASON
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.courier import agent_checks, agent_hello
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.terminals import enrolment
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.reason_codes import QuarantineCode
from doorsync.messages.errors import MessageRefused, Quarantined, Replayed, UnknownKey
from doorsync.messages.keys import KeyPairs
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """An agent that has said a few hellos."""
    made = Counterpart(club.agent)
    for _ in range(5):
        made.hello()
    return made


def row(there: Counterpart) -> Agent:
    return Agent.objects.select_related("company").get(pk=there.agent.pk)


def bring(there: Counterpart, hello: str) -> str:
    """What the hub says to a hello: "taken", or the challenge of its refusal."""
    try:
        agent_hello.hello(agent_checks.find_agent(there.agent.public_id), hello)
    except agent_hello.Behind as error:
        return error.details["challenge"]
    return "taken"


def greet(there: Counterpart) -> None:
    """As both couriers do: a challenge is answered once."""
    if (challenge := bring(there, there.hello_message())) != "taken":
        bring(there, there.hello_message(challenge))


def take_turns(*copies: Counterpart) -> None:
    for _ in range(3):
        for each in copies:
            greet(each)


def events(name: str) -> int:
    return Entry.objects.filter(event=name).count()


@pytest.mark.requirement("A-07", mutation="verdict() calling every hello with a count that was taken LATE")
@pytest.mark.parametrize("behind", [0, 1, 3, 5])
def test_a_clone_is_quarantined_however_old_it_is(there: Counterpart, club: Gym, behind: int) -> None:
    clone = copy.copy(there)
    clone.count -= behind
    there.hello()

    with pytest.raises(Quarantined):
        take_turns(clone, there)

    assert row(there).quarantined == QuarantineCode.TWO_COPIES()
    assert "Two copies" in describe_selection(row(there).quarantined)
    assert events("agent.quarantined") == 1
    for each in (there, clone):
        with pytest.raises(Quarantined):
            greet(each)
    assert "in quarantine" in build_plan(club.company, Selection()).obstacle


@pytest.mark.requirement("A-07", mutation="counting an exact repeat of the last hello as a copy's")
def test_old_hellos_that_are_repeated_prove_nothing(there: Counterpart) -> None:
    said = [there.hello_message() for _ in range(4)]
    dice = random.Random(7)
    for hello in [*said, *dice.choices(said, k=40)]:
        bring(there, hello)

    assert row(there).quarantined == NO_REASON
    there.hello()


@pytest.mark.requirement("A-07", mutation="quarantine for a count that is lower and was never seen")
def test_hellos_that_come_late_or_never_prove_nothing(there: Counterpart) -> None:
    dice = random.Random(11)
    said: list[str] = []
    challenge = ""
    for _ in range(60):  # a courier that keeps, reorders and repeats, and hands every challenge to the agent at once
        said.append(there.hello_message(challenge if dice.random() < 0.7 else ""))
        for hello in dice.sample(said, k=min(3, len(said))):
            answer = bring(there, hello)
            challenge = answer if answer != "taken" else challenge

    assert row(there).quarantined == NO_REASON
    assert events("agent.quarantined") == 0
    there.hello()


def test_two_couriers_of_one_agent_at_once_are_no_copies(there: Counterpart) -> None:
    for _ in range(20):
        slow, fast = there.hello_message(), there.hello_message()
        assert bring(there, fast) == "taken"
        challenge = bring(there, slow)
        assert bring(there, there.hello_message(challenge)) == "taken"


def test_a_challenge_lasts_until_the_count_moves(there: Counterpart) -> None:
    old = there.hello_message()
    there.hello()
    first = bring(there, old)
    assert bring(there, old) == first
    there.hello()
    assert bring(there, old) != first


@pytest.mark.requirement("A-07", mutation="not clearing `quarantined` when the agent is enrolled")
def test_enrolling_again_ends_the_quarantine_and_the_clone_is_out(there: Counterpart, club: Gym) -> None:
    clone = copy.copy(there)
    there.hello()
    with pytest.raises(Quarantined):
        bring(clone, clone.hello_message())
    code = enrolment.issue_code(agent=club.agent, actor=Actor(company_id=club.company.pk))
    there.keys = KeyPairs.generate()
    enrolment.redeem_code(code=code, keys=there.keys.public.as_dict(), software="", url="")

    there.hello()
    with pytest.raises(UnknownKey):
        bring(clone, clone.hello_message())
    assert row(there).quarantined == NO_REASON


def test_a_repeat_is_still_called_a_repeat(there: Counterpart) -> None:
    hello = there.hello_message()
    bring(there, hello)
    with pytest.raises(Replayed) as caught:
        agent_hello.hello(row(there), hello)
    assert caught.value.code() == "replayed"


def test_the_other_companys_agent_stays_out_of_it(there: Counterpart) -> None:
    others = gym(["Mallory"], other=True)
    with scope(company=others.company):
        theirs = Counterpart(others.agent)
        theirs.hello()
    clone = copy.copy(there)
    there.hello()
    with pytest.raises(MessageRefused):
        bring(clone, clone.hello_message())

    with scope(company=others.company):
        theirs.hello()
        assert build_plan(others.company, Selection()).notices == ()
