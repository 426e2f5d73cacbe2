"""A memory that is too large for one receipt travels in parts: whole or not at all, the same each time, and never held whole."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorsync.agent import readback
from doorsync.agent.batch_service import Answer, BatchService
from doorsync.agent.errors import AgentUnreachable
from doorsync.agent.kept_receipts import Accepted
from doorsync.messages import envelope, sizes
from doorsync.messages.schemas import MemoryPart, Order, Receipt
from doorsync.messages.terminal_codes import in_english
from tests.agent.courier import HttpAgent, Make
from tests.agent.hub import Hub, remove
from tests.factories.terminals import VirtualTerminal, virtual_terminal

PEOPLE = 9000
SCRIPTS = "Alexandra", "Александра", "Αλεξάνδρα", "אלכסנדרה", "亜歴山大"
READ = Order(do="read")


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualTerminal]:
    with virtual_terminal(tmp_path_factory.mktemp("crowd"), capacity=10_000) as terminal:
        rows = [(f"{n:06}", f"{SCRIPTS[n % 5]} {n}", f'["{10**9 + n}"]', "", "[]", "2090-01-01T00:00") for n in range(PEOPLE)]
        with sqlite3.connect(terminal.folder / "memory.sqlite3") as memory:
            memory.executemany("INSERT INTO user VALUES (?, ?, ?, ?, ?, ?)", rows)
        memory.close()
        yield terminal


@pytest.fixture
def crowd(crowded: VirtualTerminal, hub: Hub) -> Iterator[VirtualTerminal]:
    hub.terminals["gate"].address, hub.terminals["gate"].serial = crowded.address, crowded.serial
    yield crowded
    crowded.behave()


def read_parts(hub: Hub, agent: BatchService | HttpAgent, answer: Answer) -> list[MemoryPart]:
    assert hub.agent_keys
    sealed = [agent.part(answer.batch, number) for number in range(1, answer.parts + 1)]
    return [envelope.unseal(text or "", MemoryPart, hub.keys, hub.agent_keys) for text in sealed]


def everybody(receipt: Receipt, parts: list[MemoryPart]) -> list[str]:
    return [entry.key for part in parts for entry in part.entries] + [entry.key for entry in receipt.memory or []]


@pytest.mark.requirement("G-03", mutation="`_store` keeping its entries for the next part")
def test_a_large_memory_comes_in_parts_that_are_whole_together(
    hub: Hub, batch_service: BatchService, crowd: VirtualTerminal
) -> None:
    answer = batch_service.batch(hub.seal(hub.batch("gate", READ)))
    receipt = hub.read(answer.text)
    parts = read_parts(hub, batch_service, answer)

    assert len(parts) == receipt.parts >= 2
    assert [part.part for part in parts] == list(range(1, receipt.parts + 1))
    assert {(part.making, part.batch, part.terminal) for part in parts} == {(receipt.making, receipt.batch, "gate")}
    assert everybody(receipt, parts) == [f"{n:06}" for n in range(PEOPLE)]
    assert all(sizes.size_of(part) < sizes.PAYLOAD for part in (*parts, receipt))
    assert batch_service.part(answer.batch, receipt.parts + 1) is None
    assert batch_service.part("f" * 64, 1) is None


@pytest.mark.requirement("A-02", mutation="`Desk._future_of` reading the terminal again for a batch that was answered in parts")
def test_the_same_batch_again_gets_the_same_parts_also_after_a_restart(
    hub: Hub, open_batch_service: object, crowd: VirtualTerminal
) -> None:
    assert callable(open_batch_service)
    batch_service = open_batch_service()
    hub.hello(batch_service.hello().hello)
    sealed = hub.seal(hub.batch("gate", READ))
    first = batch_service.batch(sealed)
    parts = [batch_service.part(first.batch, number) for number in range(1, first.parts + 1)]
    crowd.tell(gone=True)
    for again in (batch_service, open_batch_service()):
        assert again.batch(sealed) == first
        assert [again.part(first.batch, number) for number in range(1, first.parts + 1)] == parts


def test_the_next_batch_ends_the_parts_of_the_one_before(
    hub: Hub, batch_service: BatchService, crowd: VirtualTerminal, folder: Path
) -> None:
    answer = batch_service.batch(hub.seal(hub.batch("gate", READ)))
    hub.read(answer.text)
    assert list(folder.rglob("part-*"))
    hub.read(batch_service.batch(hub.seal(hub.batch("gate", remove("nobody")))).text)
    assert batch_service.part(answer.batch, 1) is None
    assert not list(folder.rglob("part-*"))


@pytest.mark.requirement("R-02", mutation="the receipt kept before its parts, or the parts served before the receipt is there")
@pytest.mark.parametrize("step", ["agent.part-stored:1", "agent.part-stored:2", "agent.receipt-sealed", "agent.receipt-stored"])
def test_after_a_kill_among_the_parts_the_receipt_is_whole_or_says_that_it_was_interrupted(
    hub: Hub, crowd: VirtualTerminal, agent_in: Make, step: str
) -> None:
    agent = agent_in()
    agent.start(DOORSYNC_CRASH_AT=step)
    with agent.client() as client:
        hub.hello(client.hello().hello)
        sealed = hub.seal(hub.batch("gate", READ))
        with pytest.raises(AgentUnreachable):
            client.batch(sealed)
    assert agent.wait_for_end() == -signal.SIGKILL
    agent.start()
    with agent.client() as client:
        assert client.part(envelope.fingerprint(sealed), 1) is None or step == "agent.receipt-stored"
        answer = client.batch(sealed)
        receipt, parts = hub.read(answer.text), read_parts(hub, client, answer)
        if step == "agent.receipt-stored":
            assert len(everybody(receipt, parts)) == PEOPLE
        else:
            assert (receipt.state, receipt.parts, receipt.memory) == ("interrupted", 0, None)
        answer = client.batch(hub.seal(hub.batch("gate", READ, nonce=_greeted(hub, client))))
        receipt = hub.read(answer.text)
        assert len(everybody(receipt, read_parts(hub, client, answer))) == PEOPLE
    assert agent.stop() == 0


def _greeted(hub: Hub, client: HttpAgent) -> str:
    hub.hello(client.hello().hello)
    return hub.nonce


@pytest.mark.parametrize("order", ["read", "erase"])
def test_a_terminal_that_lists_without_end_is_stopped_and_said_so(
    hub: Hub, batch_service: BatchService, crowd: VirtualTerminal, folder: Path, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that it holds 10000: half as many more are believed, and then it is left alone."""
    if order == "erase":
        monkeypatch.setattr(readback, "MOST", 600)
        crowd.tell(lie="drop", endless=True)
    else:
        crowd.tell(endless=True)
    answer = batch_service.batch(hub.seal(hub.batch("gate", Order(do=order))))
    receipt = hub.read(answer.text)
    assert (receipt.state, receipt.memory, receipt.parts, answer.parts) == ("done", None, 0, 0)
    assert receipt.outcomes[0].result == "refused"
    most = "600" if order == "erase" else "15000"
    assert (
        in_english(receipt.why())
        == f"The terminal lists more than {most} entries, and says that it holds 10000. It was not read."
    )


def test_after_an_interruption_a_memory_is_not_read_at_once_again(
    hub: Hub, open_batch_service: object, crowd: VirtualTerminal
) -> None:
    assert callable(open_batch_service)
    batch_service = open_batch_service()
    hub.hello(batch_service.hello().hello)
    crowd.tell(endless=True)
    sealed = hub.seal(hub.batch("gate", READ))
    batch_service._validator.check(sealed, envelope.fingerprint(sealed))
    accepted = Accepted(terminal="gate", seq=1, hash=envelope.fingerprint(sealed), sealed=sealed)
    batch_service._state.chains.accept(accepted)
    receipt = hub.read(open_batch_service().batch(sealed).text)
    assert (receipt.state, in_english(receipt.why()), receipt.outcomes[0].result) == ("interrupted", "", "unknown")
