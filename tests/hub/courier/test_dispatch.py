"""Work is for who holds a fresh nonce; answers are taken as their agent signed them, or refused with a code of their own."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import time_machine
from django.utils import timezone

from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import dispatch
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.identity import hub_keys
from doorsync.messages import envelope
from doorsync.messages.errors import (
    Malformed,
    MessageRefused,
    Replayed,
    UnknownBatch,
    WrongAgent,
    WrongCompany,
)
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Receipt, Refused
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


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
                dispatch.take_receipt(there.row(), receipt[:-1] + letter)

    assert not Holding.objects.filter(held__isnull=False).exists()
    dispatch.take_receipt(there.row(), receipt)
    assert Holding.objects.filter(held__isnull=False).exists()


@pytest.mark.requirement("A-01", mutation="_answered_by() not comparing company, agent or status")
def test_each_wrong_receipt_is_refused_with_its_own_code(club: Gym, there: Counterpart, receipt: str) -> None:
    message = envelope.unseal(receipt, Receipt, hub_keys(), there.keys.public)
    stranger = KeyPairs.generate()

    def sent(keys: KeyPairs = there.keys, **changes: object) -> Callable[[], None]:
        sealed = envelope.seal(message.model_copy(update=changes), keys, hub_keys().public)
        return lambda: dispatch.take_receipt(there.row(), sealed)

    wrong: list[tuple[Callable[[], None], type[MessageRefused], str]] = [
        (sent(company="elsewhere"), WrongCompany, "wrong-company"),
        (sent(agent="somebody"), WrongAgent, "wrong-agent"),
        (sent(batch="0" * 64), UnknownBatch, "unknown-batch"),
        (sent(seq=7), MessageRefused, "wrong-chain"),
        (sent(outcomes=message.outcomes[:-1]), Malformed, "malformed"),
        (sent(v=0), MessageRefused, "downgraded"),
        (sent(stranger), MessageRefused, "unknown-key"),
        (lambda: dispatch.take_receipt(there.row(), receipt.replace(".", "!", 1)), Malformed, "malformed"),
    ]
    for send, error, _ in wrong:
        with pytest.raises(error):
            send()
    dispatch.take_receipt(there.row(), receipt)
    with pytest.raises(Replayed):
        dispatch.take_receipt(there.row(), receipt)

    assert codes() == [*dict.fromkeys(code for _, _, code in wrong), "replayed"], "each once: outsiders cannot fill the trail"


@pytest.mark.requirement("A-04", mutation="Batch answered or Line counted when it is issued")
def test_nothing_is_called_done_without_its_receipt(club: Gym, there: Counterpart) -> None:
    run = open_run(club)
    there.fault = lambda _: "mute"

    there.work(rounds=3)

    assert any(device.memory for device in there.devices.values()), "the terminals did get it"
    assert not Holding.objects.filter(state=HoldingState.SAME).exists()
    assert set(run.run_terminals.values_list("state", flat=True)) == {"syncing"}

    there.fault = lambda _: ""
    there.hello()  # another browser, on another day
    there.work()
    assert set(run.run_terminals.values_list("state", flat=True)) == {"done"}


def test_stale_nonce_gets_no_batch(club: Gym, there: Counterpart) -> None:
    open_run(club)
    there.hello()
    old = there.nonce
    there.hello()

    assert dispatch.next_batches(there.row(), old) == {"batches": [], "wait": 0, "hello": True, "idle": False}
    assert dispatch.next_batches(there.row(), "")["hello"]


def test_refusal_asks_for_a_hello_and_is_audited(club: Gym, there: Counterpart) -> None:
    open_run(club)
    there.hello()
    sealed = there.next_sealed()
    message = Refused(
        company=club.company.slug, agent=there.agent.public_id, batch=envelope.fingerprint(sealed), code="stale-nonce"
    )

    dispatch.note_refused(there.row(), envelope.sign(message, there.keys.sign))

    assert dispatch.next_batches(there.row(), there.nonce)["hello"]
    assert Entry.objects.get(event="batch.refused").subject["code"] == "stale-nonce"
    there.work()
    assert len(there.device(club.terminals[0]).people()) == 3


@pytest.mark.parametrize(("changed", "error"), [({"company": "elsewhere"}, WrongCompany), ({"agent": "somebody"}, WrongAgent)])
def test_refusal_in_anothers_name_holds_nothing_up(
    club: Gym, there: Counterpart, changed: dict[str, str], error: type[MessageRefused]
) -> None:
    open_run(club)
    there.hello()
    said = {"company": club.company.slug, "agent": there.agent.public_id, "batch": envelope.fingerprint(there.next_sealed())}
    message = Refused.model_validate({**said, **changed, "code": "stale-nonce"})
    with pytest.raises(error):
        dispatch.note_refused(there.row(), envelope.sign(message, there.keys.sign))
    assert not dispatch.next_batches(there.row(), there.nonce)["hello"]
    assert not Entry.objects.filter(event="batch.refused").exists()


def test_nonce_that_is_old_brings_no_work(club: Gym, there: Counterpart) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        open_run(club)
        there.hello()
        clock.shift(44)
        assert dispatch.next_batches(there.row(), there.nonce)["batches"]
        clock.shift(2)
        answer = dispatch.next_batches(there.row(), there.nonce)
        assert (answer["hello"], answer["batches"]) == (True, [])
