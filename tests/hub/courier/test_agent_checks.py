"""The hub's half of the protocol: what it refuses, under which code, and what a hello decides."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import agent_checks, agent_hello, dispatch
from doorsync.hub.courier.long_poll import has_work
from doorsync.hub.sync.models import Batch, Holding, HoldingState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import (
    BadSignature,
    Malformed,
    MessageRefused,
    Replayed,
    UnknownBatch,
    WrongAgent,
    WrongCompany,
)
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Receipt, Refused
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def receipt(club: Gym, there: Counterpart) -> str:
    """A receipt that the hub has not seen yet."""
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.hello()
    return there.take(next_sealed(there)) or ""


def everything(club: Gym) -> Selection:
    return Selection(locations=frozenset(location.pk for location in club.locations))


def next_sealed(there: Counterpart) -> str:
    batches: list[dict[str, str]] = dispatch.next_batches(row(there), there.nonce)["batches"]
    return batches[0]["sealed"]


def row(there: Counterpart) -> Agent:
    return agent_checks.find_agent(there.agent.public_id)


def codes() -> list[str]:
    return [entry.subject["code"] for entry in Entry.objects.filter(event="message.refused")]


@pytest.mark.requirement("A-01", mutation="unseal() answering with what it could decode where decrypting fails")
def test_receipt_with_any_one_byte_changed_is_refused(receipt: str, there: Counterpart) -> None:
    dice = random.Random(1)
    places = {*range(80), *range(len(receipt) - 80, len(receipt)), *dice.sample(range(len(receipt)), 150)}
    for place in sorted(places):
        other = dice.choice([letter for letter in ALPHABET if letter != receipt[place]])
        with pytest.raises(MessageRefused):
            envelope.unseal(receipt[:place] + other + receipt[place + 1 :], Receipt, hub_keys(), there.keys.public)
    for letter in ALPHABET:  # the last letter of the tag has four bits that mean nothing
        if letter != receipt[-1]:
            with pytest.raises(MessageRefused):
                dispatch.take_receipt(row(there), receipt[:-1] + letter)

    assert not Holding.objects.filter(held__isnull=False).exists()
    dispatch.take_receipt(row(there), receipt)
    assert Holding.objects.filter(held__isnull=False).exists()


@pytest.mark.requirement("A-01", mutation="_answered_by() not comparing company, agent or status")
def test_each_wrong_receipt_is_refused_with_its_own_code(club: Gym, there: Counterpart, receipt: str) -> None:
    message = envelope.unseal(receipt, Receipt, hub_keys(), there.keys.public)
    stranger = KeyPairs.generate()

    def sent(keys: KeyPairs = there.keys, **changes: object) -> Callable[[], None]:
        sealed = envelope.seal(message.model_copy(update=changes), keys, hub_keys().public)
        return lambda: dispatch.take_receipt(row(there), sealed)

    wrong: list[tuple[Callable[[], None], type[MessageRefused], str]] = [
        (sent(company="elsewhere"), WrongCompany, "wrong-company"),
        (sent(agent="somebody"), WrongAgent, "wrong-agent"),
        (sent(batch="0" * 64), UnknownBatch, "unknown-batch"),
        (sent(seq=7), MessageRefused, "wrong-chain"),
        (sent(outcomes=message.outcomes[:-1]), Malformed, "malformed"),
        (sent(v=0), MessageRefused, "downgraded"),
        (sent(stranger), MessageRefused, "unknown-key"),
        (lambda: dispatch.take_receipt(row(there), receipt.replace(".", "!", 1)), Malformed, "malformed"),
    ]
    for send, error, _ in wrong:
        with pytest.raises(error):
            send()
    dispatch.take_receipt(row(there), receipt)
    with pytest.raises(Replayed):
        dispatch.take_receipt(row(there), receipt)

    assert codes() == [*dict.fromkeys(code for _, _, code in wrong), "replayed"], "each once: outsiders cannot fill the trail"


@pytest.mark.requirement("A-04", mutation="Batch answered or Line counted when it is issued")
def test_nothing_is_called_done_without_its_receipt(club: Gym, there: Counterpart) -> None:
    run = start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.fault = lambda _: "mute"

    there.work(rounds=3)

    assert any(device.memory for device in there.devices.values()), "the terminals did get it"
    assert not Holding.objects.filter(state=HoldingState.SAME).exists()
    assert set(run.run_terminals.values_list("state", flat=True)) == {"syncing"}

    there.fault = lambda _: ""
    there.hello()  # another browser, on another day
    there.work()
    assert set(run.run_terminals.values_list("state", flat=True)) == {"done"}


def test_hello_is_taken_once_and_only_from_its_agent(club: Gym, there: Counterpart) -> None:
    hello = there.hello_message()
    agent_hello.hello(row(there), hello)
    with pytest.raises(Replayed) as again:
        agent_hello.hello(row(there), hello)
    assert again.value.details["nonce"] == there.nonce, "a second courier that brought the same may go on with it"
    there.hello()
    with pytest.raises(Replayed) as late:
        agent_hello.hello(row(there), hello)
    assert set(late.value.details) == {"challenge"}

    others = gym(["Mallory"], other=True)
    mallory = Counterpart(others.agent)
    with pytest.raises(MessageRefused, match="not pinned"):
        agent_hello.hello(row(there), mallory.hello_message())
    with pytest.raises(BadSignature):
        agent_hello.hello(row(there), forged(there.hello_message()))


def forged(signed: str) -> str:
    header, payload, signature = signed.split(".")
    return f"{header}.{payload}.{'A' * len(signature)}"


def test_stale_nonce_gets_no_batch(club: Gym, there: Counterpart) -> None:
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.hello()
    old = there.nonce
    there.hello()

    assert dispatch.next_batches(row(there), old) == {"batches": [], "wait": 0, "hello": True, "idle": False}
    assert dispatch.next_batches(row(there), "")["hello"]


def test_batch_that_never_came_is_issued_anew_and_the_old_one_is_dead(club: Gym, there: Counterpart) -> None:
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.hello()
    withheld = next_sealed(there)
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
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work()
    bob = club.members.users.get(last_name="Bob")
    with transaction.atomic():
        bob.groups.clear()
        club.tell(bob)
    there.fault = lambda _: "mute"
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
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
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work()
    assert {fields["name"] for fields in there.device(gate).people().values()} == {"Alice", "Bob", "Charlie"}


def test_refusal_asks_for_a_hello_and_is_audited(club: Gym, there: Counterpart) -> None:
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.hello()
    sealed = next_sealed(there)
    message = Refused(
        company=club.company.slug, agent=there.agent.public_id, batch=envelope.fingerprint(sealed), code="stale-nonce"
    )

    dispatch.note_refused(row(there), envelope.sign(message, there.keys.sign))

    assert dispatch.next_batches(row(there), there.nonce)["hello"]
    assert Entry.objects.get(event="batch.refused").subject["code"] == "stale-nonce"
    there.work()
    assert len(there.device(club.terminals[0]).people()) == 3


@pytest.mark.parametrize(("changed", "error"), [({"company": "elsewhere"}, WrongCompany), ({"agent": "somebody"}, WrongAgent)])
def test_refusal_in_anothers_name_holds_nothing_up(
    club: Gym, there: Counterpart, changed: dict[str, str], error: type[MessageRefused]
) -> None:
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.hello()
    said = {"company": club.company.slug, "agent": there.agent.public_id, "batch": envelope.fingerprint(next_sealed(there))}
    message = Refused.model_validate({**said, **changed, "code": "stale-nonce"})
    with pytest.raises(error):
        dispatch.note_refused(row(there), envelope.sign(message, there.keys.sign))
    assert not dispatch.next_batches(row(there), there.nonce)["hello"]
    assert not Entry.objects.filter(event="batch.refused").exists()


def test_agent_of_a_company_that_is_off_is_as_good_as_unknown(club: Gym, there: Counterpart, receipt: str) -> None:
    agent = row(there)
    club.company.active = False
    club.company.save()
    with pytest.raises(WrongAgent):
        agent_checks.find_agent(agent.public_id)
    with pytest.raises(WrongAgent):
        has_work(agent.public_id, there.nonce)
    for name, message in (("hello", there.hello_message()), ("next", there.nonce), ("receipt", receipt)):
        said = {"agent": agent.public_id, "hello": message, "nonce": message, "receipt": message}
        answer = Client().post(f"/courier/{name}", said, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]) == (409, "wrong-agent")
    assert not Holding.objects.exclude(held=None).exists()


def test_nonce_that_is_old_brings_no_work(club: Gym, there: Counterpart) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
        there.hello()
        clock.shift(44)
        assert dispatch.next_batches(row(there), there.nonce)["batches"]
        clock.shift(2)
        answer = dispatch.next_batches(row(there), there.nonce)
        assert (answer["hello"], answer["batches"]) == (True, [])
