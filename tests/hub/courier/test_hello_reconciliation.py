"""What a hello decides of batches that are open, and of an agent that has another chain than the hub."""

from __future__ import annotations

import pytest
from django.db import transaction

from doorsync.hub.sync.models import Batch, Holding, HoldingState
from doorsync.hub.sync.run.batches import void_batches
from doorsync.hub.terminals.models import Terminal
from doorsync.messages import envelope
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run, send


def test_batch_that_never_came_is_issued_anew_and_the_old_one_is_dead(club: Gym, there: Counterpart) -> None:
    open_run(club)
    there.hello()
    withheld = there.next_sealed()
    bob = club.members.users.get(last_name="Bob")
    club.remove(bob)

    there.hello()
    assert Batch.objects.get(hash=envelope.fingerprint(withheld)).status == Batch.VOID
    assert there.take(withheld) is None, "its nonce is dead"
    there.work()

    assert "Bob" not in {fields["name"] for device in there.devices.values() for fields in device.people().values()}


@pytest.mark.requirement("R-02", mutation="_fork() not forgetting what is held")
def test_agent_that_lost_its_state_makes_what_is_held_unknown(club: Gym, there: Counterpart) -> None:
    """Removed, the receipt lost, the agent's disk replaced, and the person wanted again: the old `held` would look right."""
    open_run(club)
    there.work()
    bob = club.members.users.get(last_name="Bob")
    with transaction.atomic():
        bob.groups.clear()
        club.tell(bob)
    there.fault = lambda _: "mute"
    open_run(club)
    there.work(rounds=2)
    there.lose_state()
    with transaction.atomic():
        bob.memberships.create(company=club.company, group=club.members)
        club.tell(bob)

    there.fault = lambda _: ""
    there.hello()

    gate = club.terminals[0]
    assert "Bob" not in {fields["name"] for fields in there.device(gate).people().values()}
    assert not Holding.objects.filter(terminal_id=gate.pk, state=HoldingState.SAME).exists()
    there.work()
    assert "Bob" not in {fields["name"] for fields in there.device(gate).people().values()}, (
        "what was pressed before only removes"
    )
    open_run(club)
    there.work()
    assert {fields["name"] for fields in there.device(gate).people().values()} == {"Alice", "Bob", "Charlie"}


@pytest.mark.requirement("I-05", mutation="_fork() holding the terminals of the whole company whoever was restored")
def test_an_agent_that_was_restored_holds_its_own_terminals_to_removals_and_no_others(club: Gym, there: Counterpart) -> None:
    elsewhere = world.terminal(club.locations[1], world.agent(club.company, "Other agent"), "Elsewhere")
    send(club, there)
    there.lose_state()
    there.hello()

    assert set(held_to_removals()) == {terminal.pk for terminal in club.terminals}
    assert elsewhere.pk not in held_to_removals()


@pytest.mark.requirement("I-05", mutation="_fork() holding only the terminals of the agent that is ahead of the database")
def test_an_agent_that_is_ahead_shows_that_the_database_was_restored_which_concerns_every_agents_terminals(
    club: Gym, there: Counterpart
) -> None:
    elsewhere = world.terminal(club.locations[1], world.agent(club.company, "Other agent"), "Elsewhere")
    send(club, there)
    there.device(club.terminals[0]).seq += 1
    there.hello()

    assert set(held_to_removals()) == {elsewhere.pk, *(terminal.pk for terminal in club.terminals)}


def test_an_agent_that_had_accepted_what_the_hub_took_back_was_not_restored(club: Gym, there: Counterpart) -> None:
    open_run(club)
    there.hello()
    there.take(there.next_sealed())
    with transaction.atomic():
        void_batches(there.row())
    there.hello()

    assert held_to_removals() == []
    forked = Terminal.objects.get(seq=1)
    assert (forked.chain_head, bool(forked.unread)) == (there.device(forked).hash, True), "what it did is not known"
    there.work()
    assert len(there.device(forked).people()) == 3


def test_a_batch_that_was_accepted_is_sent_again_as_it_was_and_carried_out_once(club: Gym, there: Counterpart) -> None:
    open_run(club)
    there.hello()
    sealed = there.next_sealed()
    there.take(sealed)
    writes = {name: device.writes for name, device in there.devices.items()}
    there.hello()

    assert there.next_sealed() == sealed
    there.take(sealed)
    assert {name: device.writes for name, device in there.devices.items()} == writes


def held_to_removals() -> list[int]:
    return list(Terminal.objects.exclude(restored_at=None).values_list("pk", flat=True))
