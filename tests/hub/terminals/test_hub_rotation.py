"""The hub's fresh keys: agents change to them at a hello and lose nothing; the old ones go when nobody needs them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.command_actor import command_actor
from doorsync.hub.companies.models import Company
from doorsync.hub.courier import agent_checks, agent_hello, dispatch
from doorsync.hub.courier.key_rotation import apply_rotation
from doorsync.hub.courier.long_poll import has_work
from doorsync.hub.sync.models import Batch
from doorsync.hub.sync.plan.agent_notices import agent_notices, agent_obstacle
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals import hub_rotation
from doorsync.hub.terminals.agent_status import agents_with_status
from doorsync.hub.terminals.errors import AgentsLeft, NoRotation, RotationUnderWay
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.errors import OtherHubKeys, Replayed
from doorsync.messages.key_handover import hand_over
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Rotated, Rotation
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made
    if hub_rotation.under_way():
        hub_rotation.finish_rotation(command_actor, leaving=True)


@pytest.fixture
def there(club: Gym) -> Counterpart:
    made = Counterpart(club.agent)
    made.hello()
    return made


def row(there: Counterpart) -> Agent:
    return agent_checks.find_agent(there.agent.public_id)


def assert_right(club: Gym, there: Counterpart) -> None:
    for terminal in club.terminals:
        held = {key: str(fields["name"]) for key, fields in there.device(terminal).people().items()}
        assert held == club.should_hold(terminal)


def test_agents_change_at_their_next_hello_and_the_old_keys_go(there: Counterpart, club: Gym) -> None:
    old = hub_keys().public.fingerprint()
    new = hub_rotation.begin_rotation(command_actor)
    assert [agent.pk for agent in hub_rotation.left_behind()] == [club.agent.pk]
    with pytest.raises(AgentsLeft):
        hub_rotation.finish_rotation(command_actor, leaving=False)

    there.hello()

    assert there.hub.fingerprint() == row(there).pinned == new != old
    assert hub_rotation.left_behind() == []
    hub_rotation.finish_rotation(command_actor, leaving=False)
    told = [entry.event for entry in Entry.objects.filter(actor__via="command-line")]
    assert told == ["hub.keys-renewed", "hub.keys-forgotten"]
    start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    there.work()
    assert_right(club, there)


def test_an_agent_that_only_waits_is_called_for_fresh_keys_once_a_hello_is_due(there: Counterpart, club: Gym) -> None:
    hub_rotation.begin_rotation(command_actor)
    assert not has_work(club.agent.public_id, there.nonce)
    Agent.objects.update(nonce_at=timezone.now() - agent_checks.NONCE_LIFE)
    assert has_work(club.agent.public_id, there.nonce)
    there.hello()
    Agent.objects.update(nonce_at=timezone.now() - agent_checks.NONCE_LIFE)
    assert not has_work(club.agent.public_id, there.nonce)


def test_an_agent_that_has_not_changed_yet_is_served_with_the_keys_it_knows(there: Counterpart, club: Gym) -> None:
    """No hello is due: the batches that it gets, and its receipts, are those of the keys that it pins."""
    hub_rotation.begin_rotation(command_actor)
    start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    there.work()
    assert there.hub.fingerprint() != hub_keys().public.fingerprint()
    assert_right(club, there)


def test_fresh_keys_wait_until_receipts_are_in(there: Counterpart, club: Gym) -> None:
    start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    batches = dispatch.next_batches(row(there), there.nonce)["batches"]
    receipts = [there.take(each["sealed"]) for each in batches]
    hub_rotation.begin_rotation(command_actor)
    there.hello()
    assert there.hub.fingerprint() != hub_keys().public.fingerprint()

    for receipt in receipts:
        assert receipt
        dispatch.take_receipt(row(there), receipt)
    there.hello()

    assert there.hub.fingerprint() == hub_keys().public.fingerprint()
    assert_right(club, there)


def test_a_batch_that_came_between_is_taken_back_and_the_run_ends_right(there: Counterpart, club: Gym) -> None:
    """Another courier brought a batch to the agent just before it changed; its receipt is sealed to the old keys."""
    new = hub_rotation.begin_rotation(command_actor)
    signed = agent_hello.hello(row(there), there.hello_message())["keys"]
    run = start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    for each in dispatch.next_batches(row(there), there.nonce)["batches"]:
        there.take(each["sealed"])
    assert Batch.objects.filter(status=Batch.OPEN).count() == len(club.terminals)
    there.take_hub_keys(signed)

    there.hello()
    there.work()

    assert there.hub.fingerprint() == new
    assert set(run.run_terminals.values_list("state", flat=True)) == {"done"}
    assert_right(club, there)


def test_both_sides_may_change_at_once(there: Counterpart, club: Gym) -> None:
    hub_rotation.begin_rotation(command_actor)
    new = KeyPairs.generate()
    signed = hand_over(Rotation, company=club.company.slug, agent=club.agent.public_id, old=there.keys, new=new)
    _, under_the_old = apply_rotation(row(there), signed).split(" ")
    said = envelope.verify(under_the_old, Rotated, there.hub.sign)
    assert said.to == new.public.fingerprint()
    there.keys = new
    there.hello()
    start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    there.work()
    assert_right(club, there)


def test_one_change_at_a_time(club: Gym) -> None:
    with pytest.raises(NoRotation):
        hub_rotation.finish_rotation(command_actor, leaving=True)
    hub_rotation.begin_rotation(command_actor)
    with pytest.raises(RotationUnderWay):
        hub_rotation.begin_rotation(command_actor)


def test_an_agent_that_was_left_behind_is_told_so_everywhere(there: Counterpart, club: Gym) -> None:
    hub_rotation.begin_rotation(command_actor)
    hub_rotation.finish_rotation(command_actor, leaving=True)
    with pytest.raises(OtherHubKeys, match="enrol the agent again"):
        there.hello()

    assert row(there).nonce == ""
    with pytest.raises(OtherHubKeys):
        dispatch.next_batches(row(there), there.nonce)
    assert [each.word for each in agents_with_status(timezone.now())] == ["to be enrolled again"]
    terminals = list(Terminal.objects.select_related("agent", "location"))
    assert "Agent has to be enrolled" in agent_obstacle(terminals)
    assert "trusts expired hub keys" in agent_notices(terminals, timezone.now())[0]


def test_agent_of_a_company_that_is_turned_off_holds_nothing_up(there: Counterpart, club: Gym) -> None:
    hub_rotation.begin_rotation(command_actor)
    Company.objects.filter(pk=club.company.pk).update(active=False)
    assert [agent.pk for agent in hub_rotation.finish_rotation(command_actor, leaving=False)] == [club.agent.pk]


def test_an_old_message_never_leads_the_hub_back(there: Counterpart, club: Gym) -> None:
    hub_rotation.begin_rotation(command_actor)
    before = there.hello_message()
    there.hello()
    with pytest.raises(Replayed):
        agent_hello.hello(row(there), before)
    assert row(there).pinned == hub_keys().public.fingerprint()
