"""An agent's new keys: vouched for by the old ones, proven by themselves, taken once; open batches come anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import agent_checks, dispatch
from doorsync.hub.courier.key_rotation import apply_rotation
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.identity import agent_keys, hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.reason_codes import QuarantineCode
from doorsync.messages import envelope
from doorsync.messages.errors import BadSignature, Malformed, MessageRefused, Quarantined, UnknownKey, WrongAgent, WrongCompany
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Rotated, Rotation
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    made = Counterpart(club.agent)
    made.hello()
    return made


def rotation(there: Counterpart, new: KeyPairs, *, prover: KeyPairs | None = None, proven: str = "", **changed: object) -> str:
    said = {"company": there.agent.company.slug, "agent": there.agent.public_id, "keys": new.public.as_dict(), **changed}
    bare = Rotation.model_validate(said)
    proof = bare.model_copy(update={"agent": proven or bare.agent})
    return envelope.sign(bare.model_copy(update={"proof": envelope.sign(proof, (prover or new).sign)}), there.keys.sign)


def row(there: Counterpart) -> Agent:
    return agent_checks.find_agent(there.agent.public_id)


def test_new_keys_are_pinned_and_the_old_ones_are_worth_nothing(there: Counterpart) -> None:
    new, old = KeyPairs.generate(), there.keys
    signed = rotation(there, new)
    said = envelope.verify(apply_rotation(row(there), signed), Rotated, hub_keys().sign)
    assert said.to == new.public.fingerprint()
    with pytest.raises(UnknownKey):
        there.hello()

    there.keys = new
    there.hello()

    there.keys = old
    with pytest.raises(UnknownKey):
        apply_rotation(row(there), rotation(there, KeyPairs.generate()))
    assert Entry.objects.filter(event="agent.keys-rotated").count() == 1


def test_the_same_rotation_again_gets_its_answer_and_changes_nothing(there: Counterpart) -> None:
    signed = rotation(there, KeyPairs.generate())
    assert apply_rotation(row(there), signed) == apply_rotation(row(there), signed)
    assert Entry.objects.filter(event="agent.keys-rotated").count() == 1


def test_what_does_not_fit_is_refused_and_changes_nothing(there: Counterpart, club: Gym) -> None:
    before, new = row(there).keys, KeyPairs.generate()
    stranger = Counterpart(gym(["Mallory"], other=True).agent)
    wrong: list[tuple[str, type[MessageRefused]]] = [
        (rotation(there, new, prover=KeyPairs.generate()), UnknownKey),
        (rotation(there, new, proven="somebody"), Malformed),
        (rotation(there, new, agent="somebody"), WrongAgent),
        (rotation(there, new, company="elsewhere"), WrongCompany),
        (rotation(there, new, keys={"sign": {}}), Malformed),
        (rotation(stranger, new), UnknownKey),
        (rotation(there, new)[:-8] + "AAAAAAAA", BadSignature),
    ]
    for signed, error in wrong:
        with pytest.raises(error):
            apply_rotation(row(there), signed)
    assert row(there).keys == before


def test_open_batches_come_anew_and_the_run_ends_right(there: Counterpart, club: Gym) -> None:
    run = start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    batches = dispatch.next_batches(row(there), there.nonce)["batches"]
    there.take(batches[0]["sealed"])  # done, but its receipt is lost with the old keys
    new = KeyPairs.generate()
    apply_rotation(row(there), rotation(there, new))
    there.keys = new

    there.hello()
    there.work()

    assert set(run.run_terminals.values_list("state", flat=True)) == {"done"}
    for terminal in club.terminals:
        held = {key: str(fields["name"]) for key, fields in there.device(terminal).people().items()}
        assert held == club.should_hold(terminal)
    assert agent_keys(row(there)).fingerprint() == new.public.fingerprint()


def test_agent_that_is_found_to_live_twice_changes_no_keys(there: Counterpart) -> None:
    agent, before = row(there), row(there).keys
    Agent.objects.filter(pk=agent.pk).update(quarantined=QuarantineCode.TWO_COPIES())  # while its message was being looked at
    with pytest.raises(UnknownKey):
        apply_rotation(agent, rotation(there, KeyPairs.generate()))
    with pytest.raises(Quarantined):
        row(there)
    assert Agent.objects.get(pk=agent.pk).keys == before


def test_keys_that_were_changed_meanwhile_vouch_for_no_others(there: Counterpart) -> None:
    agent, other = row(there), KeyPairs.generate().public.as_dict()
    Agent.objects.filter(pk=agent.pk).update(keys=other)
    with pytest.raises(UnknownKey):
        apply_rotation(agent, rotation(there, KeyPairs.generate()))
    assert Agent.objects.get(pk=agent.pk).keys == other
