"""Which batches the agent takes: each reason to refuse has its own code, and a refused batch leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from doorsync.agent.batch_service import Answer, BatchService
from doorsync.domain.record import Kind
from doorsync.drivers.virtual.driver import VirtualDriver
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Batch
from tests.agent.hub import AGENT, COMPANY, Hub, put
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal

Change = Callable[[Hub, Batch], Batch]


def refused(hub: Hub, answer: Answer) -> str:
    assert answer.kind == "refused", answer
    return hub.code_of(answer.text)


def changed(**fields: Any) -> Change:
    return lambda _, batch: batch.model_copy(update=fields)


REFUSALS: dict[str, Change] = {
    "wrong-company": changed(company="other-gym"),
    "wrong-agent": changed(agent="agent-2"),
    "stale-nonce": changed(nonce="f" * 32),
    "replayed": lambda _, batch: batch.model_copy(update={"seq": batch.seq - 1}),
    "out-of-order": lambda _, batch: batch.model_copy(update={"seq": batch.seq + 1}),
    "wrong-chain": changed(prev="e" * 64),
}


@pytest.mark.requirement("A-01", mutation="`_judge` without any one of its six checks")
@pytest.mark.parametrize("code", REFUSALS)
def test_each_reason_has_its_own_code_and_nothing_is_written(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal, code: str
) -> None:
    first = batch_service.batch(hub.seal(hub.batch("gate", put("1"))))
    hub.read(first.text)
    batch = REFUSALS[code](hub, hub.batch("gate", put("2")))
    assert refused(hub, batch_service.batch(hub.seal(batch))) == code
    assert set(gate.users()) == {"1"}
    assert hub.read(batch_service.batch(hub.seal(hub.batch("gate", put("3")))).text).state == "done"


@pytest.mark.requirement("A-01", mutation="`verify` without its comparison of the key")
def test_messages_of_other_making_are_refused(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    batch, stranger = hub.batch("gate", put("1")), KeyPairs.generate()
    assert hub.agent_keys
    assert refused(hub, batch_service.batch(envelope.seal(batch, stranger, hub.agent_keys))) == "unknown-key"
    assert refused(hub, batch_service.batch(envelope.seal(batch, hub.keys, stranger.public))) == "unsealed"
    assert refused(hub, batch_service.batch(envelope.sign(batch, hub.keys.sign))) == "malformed"
    assert refused(hub, batch_service.batch(hub.seal(batch.model_copy(update={"v": 0})))) == "downgraded"
    assert refused(hub, batch_service.batch("\ud800")) == "malformed"
    assert refused(hub, batch_service.batch("." * (envelope.LIMIT + 1))) == "too-large"
    assert gate.users() == {}


def test_the_nonce_counts_before_the_chain_and_the_company_before_the_nonce(hub: Hub, batch_service: BatchService) -> None:
    batch = hub.batch("gate", put("1"), company="other-gym", agent="agent-2", nonce="f" * 32, seq=9, prev="e" * 64)
    for right in ({}, {"company": COMPANY}, {"agent": AGENT}, {"nonce": hub.nonce}, {"seq": 1}):
        batch = batch.model_copy(update=right)
        codes = refused(hub, batch_service.batch(hub.seal(batch)))
        assert (
            codes
            == {
                (): "wrong-company",
                ("company",): "wrong-agent",
                ("agent",): "stale-nonce",
                ("nonce",): "out-of-order",
                ("seq",): "wrong-chain",
            }[tuple(right)]
        )


def test_a_new_hello_kills_the_nonce_before_it(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    old = hub.seal(hub.batch("gate", put("1")))
    hub.hello(batch_service.hello().hello)
    assert refused(hub, batch_service.batch(old)) == "stale-nonce"
    assert gate.users() == {}


def test_a_nonce_dies_of_age(hub: Hub, open_batch_service: Callable[..., BatchService], clock: SimpleNamespace) -> None:
    batch_service = open_batch_service(nonce_life=60)
    hub.hello(batch_service.hello().hello)
    clock.now = 59
    hub.read(batch_service.batch(hub.seal(hub.batch("gate", put("1")))).text)
    clock.now = 60
    assert refused(hub, batch_service.batch(hub.seal(hub.batch("gate", put("2"))))) == "stale-nonce"


def test_a_nonce_dies_with_the_process(
    hub: Hub, batch_service: BatchService, open_batch_service: Callable[..., BatchService]
) -> None:
    batch = hub.seal(hub.batch("gate", put("1")))
    assert refused(hub, open_batch_service().batch(batch)) == "stale-nonce"


def test_before_the_first_hello_no_batch_is_fresh(hub: Hub, open_batch_service: Callable[..., BatchService]) -> None:
    hub.nonce = "0" * 32
    assert refused(hub, open_batch_service().batch(hub.seal(hub.batch("gate", put("1"))))) == "stale-nonce"


def test_a_refused_batch_stays_refused_when_its_turn_comes(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    """Its signed refusal may lie at the hub already: it must stay true."""
    first = hub.batch("gate", put("1"))
    sealed = hub.seal(first)
    second = hub.batch("gate", put("2"), seq=2, prev=envelope.fingerprint(sealed))
    early = hub.seal(second)
    assert refused(hub, batch_service.batch(early)) == "out-of-order"
    hub.read(batch_service.batch(sealed).text)
    assert refused(hub, batch_service.batch(early)) == "out-of-order"
    assert hub.read(batch_service.batch(hub.seal(second)).text).state == "done"
    assert set(gate.users()) == {"1", "2"}


def test_hellos_count_up_and_tell_where_each_chain_stands(
    hub: Hub, batch_service: BatchService, open_batch_service: Callable[..., BatchService]
) -> None:
    hub.read(batch_service.batch(hub.seal(hub.batch("gate", put("1")))).text)
    assert hub.hello(batch_service.hello().hello) == {"nonce": hub.nonce}
    count = hub.count
    again = open_batch_service()
    assert hub.hello(again.hello().hello) == {"nonce": hub.nonce}
    assert hub.count == count + 1


def test_an_agent_of_the_same_company_cannot_read_the_batch_of_another(hub: Hub, batch_service: BatchService) -> None:
    hub.identity()  # another agent's keys take the place of these
    sealed = hub.seal(hub.batch("gate", put("1"), agent="agent-2"))
    assert batch_service.batch(sealed).kind == "refused"


def test_schedules_travel_like_users(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    order = put("9").model_copy(update={"kind": Kind.SCHEDULE, "fields": {"name": "Nights", "slots": [["1", "22:00", "24:00"]]}})
    assert hub.read(batch_service.batch(hub.seal(hub.batch("gate", order))).text).state == "done"
    assert gate.schedules() == {"9": {"name": "Nights", "slots": [["1", "22:00", "24:00"]]}}
    with VirtualDriver().open(gate.settings, timeout=PATIENCE) as session:
        assert [each.record.key for each in session.read_all(Kind.SCHEDULE)] == ["9"]
