"""Batches in, receipts out: the same batch again, two at once, a terminal that takes its time, a disk that is full."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from doorsync.agent.batch_service import Answer, BatchService
from doorsync.messages.terminal_codes import in_english
from tests.agent.hub import CARD, PIN, Hub, Terminal, put, remove
from tests.agent.tap import Tap, tapped
from tests.factories.terminals import VirtualTerminal, until, virtual_terminal


@pytest.fixture
def tap(hub: Hub, gate: VirtualTerminal) -> Iterator[Tap]:
    with tapped(gate.address) as tap:
        hub.terminals["gate"].address = tap.address
        yield tap


@pytest.mark.requirement("A-02", mutation="`_take` without its look for an accepted batch of this name")
def test_the_same_batch_again_gives_the_same_receipt_and_writes_nothing(
    hub: Hub, batch_service: BatchService, tap: Tap, open_batch_service: Callable[..., BatchService]
) -> None:
    sealed = hub.seal(hub.batch("gate", put("1"), put("2"), remove("3")))
    first = batch_service.batch(sealed)
    assert first.kind == "receipt"
    written = dict(tap.writes)
    assert written == {"1": 1, "2": 1, "3": 1}
    hub.read(first.text)
    hub.hello(batch_service.hello().hello)
    restarted = open_batch_service()
    for again in (batch_service.batch(sealed), batch_service.batch(sealed), restarted.batch(sealed)):
        assert again == first
    assert dict(tap.writes) == written


@pytest.mark.requirement("A-02", mutation="`_future_of` starting again while the batch is under way")
def test_the_same_batch_from_many_couriers_at_once_is_done_once(hub: Hub, batch_service: BatchService, tap: Tap) -> None:
    sealed = hub.seal(hub.batch("gate", *(put(str(key)) for key in range(20))))
    with ThreadPoolExecutor(8) as couriers:
        answers = list(couriers.map(batch_service.batch, [sealed] * 8))
    assert {answer.kind for answer in answers} == {"receipt"}
    assert len({answer.text for answer in answers}) == 1
    assert set(tap.writes.values()) == {1}


def test_a_slow_terminal_makes_the_courier_come_again(
    hub: Hub, gate: VirtualTerminal, open_batch_service: Callable[..., BatchService]
) -> None:
    batch_service = open_batch_service(answer_within=0.01)
    hub.hello(batch_service.hello().hello)
    sealed = hub.seal(hub.batch("gate", put("1")))
    with gate.frozen():
        assert batch_service.batch(sealed) == Answer("working")
    until(lambda: batch_service.batch(sealed).kind != "working", "it never ended")
    assert hub.read(batch_service.batch(sealed).text).state == "done"


def test_the_next_batch_of_a_terminal_waits_for_the_one_before(
    hub: Hub, gate: VirtualTerminal, open_batch_service: Callable[..., BatchService]
) -> None:
    batch_service = open_batch_service()
    hub.hello(batch_service.hello().hello)
    gate.tell(delay=0.1)
    first = hub.seal(hub.batch("gate", put("1", "Old"), put("2")))
    with ThreadPoolExecutor(2) as couriers:
        begun = couriers.submit(batch_service.batch, first)
        until(lambda: batch_service._state.chains.head("gate").seq == 1, "it was not accepted")
        head = batch_service._state.chains.head("gate")
        second = hub.seal(hub.batch("gate", put("1", "New"), seq=2, prev=head.hash))
        late = batch_service.batch(second)
        assert begun.done()
    hub.read(begun.result().text)
    assert hub.read(late.text).state == "done"
    assert gate.users()["1"]["name"] == "New"


def test_different_terminals_work_at_the_same_time(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal, tmp_path: Path
) -> None:
    with virtual_terminal(tmp_path / "back door") as back:
        hub.terminals["back"] = Terminal(back.address, serial=back.serial)
        slow = hub.seal(hub.batch("gate", put("1")))
        quick = hub.seal(hub.batch("back", put("1")))
        with ThreadPoolExecutor(2) as couriers:
            with gate.frozen():
                waiting = couriers.submit(batch_service.batch, slow)
                assert hub.read(batch_service.batch(quick).text).state == "done"
                assert not waiting.done()
            assert hub.read(waiting.result().text).state == "done"


def test_a_terminal_that_is_off_never_changes_the_result_of_another(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    hub.terminals["off"] = Terminal("127.0.0.1:1")
    with ThreadPoolExecutor(2) as couriers:
        off, on = couriers.map(
            batch_service.batch, [hub.seal(hub.batch("off", put("1"), remove("2"))), hub.seal(hub.batch("gate", put("1")))]
        )
    assert hub.read(on.text).state == "done"
    receipt = hub.read(off.text)
    assert receipt.state == "not-reached"
    assert "127.0.0.1:1 did not answer" in in_english(receipt.why())
    assert [outcome.result for outcome in receipt.outcomes] == ["untouched", "untouched"]


def test_a_full_disk_means_that_the_batch_is_not_accepted(
    hub: Hub, batch_service: BatchService, folder: Path, gate: VirtualTerminal
) -> None:
    chains = folder / "chains"
    chains.write_text("a file where a folder should be")  # as root, modes do not stop us
    sealed = hub.seal(hub.batch("gate", put("1")))
    assert batch_service.batch(sealed) == Answer("failed", "storage-failed")
    assert gate.users() == {}
    chains.unlink()
    assert hub.read(batch_service.batch(sealed).text).state == "done"


def test_a_receipt_that_cannot_be_stored_is_not_given_and_the_batch_is_not_driven_again(
    hub: Hub, batch_service: BatchService, folder: Path, gate: VirtualTerminal, tap: Tap
) -> None:
    hub.read(batch_service.batch(hub.seal(hub.batch("gate", put("0")))).text)
    receipt = next((folder / "chains").glob("*/*/receipt.json"))
    receipt.unlink()
    receipt.mkdir()
    (receipt / "in the way").write_text("")
    sealed = hub.seal(hub.batch("gate", put("1")))
    assert batch_service.batch(sealed) == Answer("failed", "storage-failed")
    shutil.rmtree(receipt)
    again = hub.read(batch_service.batch(sealed).text)
    assert again.state == "interrupted"
    assert again.outcomes[0].found is not None
    assert tap.writes == {"0": 1, "1": 1}


def test_a_stopped_desk_ends_the_batch_on_the_way_and_takes_no_other(
    hub: Hub, gate: VirtualTerminal, open_batch_service: Callable[..., BatchService]
) -> None:
    batch_service = open_batch_service()
    hub.hello(batch_service.hello().hello)
    gate.tell(delay=0.05)
    gate.enrol("77", "Fire brigade")
    sealed = hub.seal(hub.batch("gate", *(put(str(key)) for key in range(40)), remove("77")))
    with ThreadPoolExecutor(1) as couriers:
        begun = couriers.submit(batch_service.batch, sealed)
        until(lambda: "0" in gate.users(), "it never began")
        batch_service.stop()
        gate.behave()
        receipt = hub.read(begun.result().text)
    assert receipt.state == "partly"
    results = [outcome.result for outcome in receipt.outcomes]
    assert results == sorted(results)  # "done" before "unknown" before "untouched"
    assert results[-1] == "untouched"
    assert "77" in gate.users()
    assert results.count("done") <= len(gate.users())
    assert batch_service.batch(sealed) == Answer("failed", "stopping")


@pytest.mark.requirement("A-03", mutation="`accept` storing the opened batch instead of the sealed one")
def test_the_disk_holds_no_pin_and_no_card_in_clear(hub: Hub, batch_service: BatchService, folder: Path) -> None:
    sealed = hub.seal(hub.batch("gate", put("1", "Alice Jansen"), put("2")))
    hub.read(batch_service.batch(sealed).text)
    hub.hello(batch_service.hello().hello)
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert sealed.encode() in content
    for secret in (PIN, CARD, "Alice Jansen"):
        assert secret.encode() not in content


def test_work_that_takes_longer_than_a_nonce_lives_is_finished(
    hub: Hub, gate: VirtualTerminal, open_batch_service: Callable[..., BatchService], clock: SimpleNamespace
) -> None:
    batch_service = open_batch_service(nonce_life=60, answer_within=0.01)
    hub.hello(batch_service.hello().hello)
    sealed = hub.seal(hub.batch("gate", put("1"), put("2")))
    with gate.frozen():
        assert batch_service.batch(sealed) == Answer("working")
        clock.now = 61
    until(lambda: batch_service.batch(sealed).kind != "working", "it never ended")
    assert hub.read(batch_service.batch(sealed).text).state == "done"
