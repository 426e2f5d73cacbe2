"""Commands to open a door: once, in time, at the right device; and what is answered when that cannot be."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from doorsync import crash
from doorsync.agent.batch_service import BatchService
from doorsync.agent.identity import Identity
from doorsync.messages.door_commands import DoorAnswer
from doorsync.messages.keys import KeyPairs
from tests.agent.courier import Make, served
from tests.agent.hub import Hub, person
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, until, virtual_terminal


@pytest.fixture(autouse=True)
def known_device(hub: Hub, gate: VirtualTerminal) -> None:
    """The hub knows the serial number of the device; its log is as empty as its memory."""
    hub.terminals["gate"].serial = gate.serial


def told(batch_service: BatchService, hub: Hub, **changed: Any) -> DoorAnswer | None:
    answer = batch_service.door_command(hub.seal(hub.command("gate", **changed)))
    return hub.answer_in(answer) if answer else None


def test_a_command_opens_the_door_and_says_so(batch_service: BatchService, hub: Hub, gate: VirtualTerminal) -> None:
    command = hub.command("gate")
    answer = batch_service.door_command(hub.seal(command))
    assert answer
    read = hub.answer_in(answer)
    assert (read.result, read.id, read.terminal, read.reason) == ("opened", command.id, "gate", None)
    assert gate.opened() == [1]


def test_a_command_is_carried_out_once(batch_service: BatchService, hub: Hub, gate: VirtualTerminal) -> None:
    """Neither the same message again nor the same command sealed anew, whoever is faster."""
    command = hub.command("gate")
    sealed = [hub.seal(command), hub.seal(command)] * 4
    with ThreadPoolExecutor(len(sealed)) as pool:
        answers = [answer for answer in pool.map(batch_service.door_command, sealed) if answer]
    assert [hub.answer_in(answer).result for answer in answers] == ["opened"]
    assert gate.opened() == [1]


def test_after_a_restart_no_command_from_before_is_taken(
    open_batch_service: Callable[..., BatchService], hub: Hub, gate: VirtualTerminal
) -> None:
    before = open_batch_service()
    hub.hello(before.hello().hello)
    sealed = hub.seal(hub.command("gate"))
    after = open_batch_service()
    assert after.door_command(sealed) is None
    hub.hello(after.hello().hello)
    assert after.door_command(sealed) is None
    assert gate.opened() == []


def test_a_command_that_comes_after_its_time_is_ignored(
    hub: Hub, gate: VirtualTerminal, clock: SimpleNamespace, open_batch_service: Callable[..., BatchService]
) -> None:
    fresh = open_batch_service()
    hub.hello(fresh.hello().hello)
    clock.now = 14.9
    assert told(fresh, hub) is not None
    clock.now = 15.0
    assert told(fresh, hub) is None
    assert told(fresh, hub, nonce_age=60) is not None
    clock.now = 60.0
    assert told(fresh, hub, nonce_age=60) is None, "a nonce lives no longer than that"
    assert gate.opened() == [1, 1]


def test_a_command_under_an_older_nonce_is_ignored(batch_service: BatchService, hub: Hub, gate: VirtualTerminal) -> None:
    older = hub.nonce
    hub.hello(batch_service.hello().hello)
    assert told(batch_service, hub, nonce=older) is None
    assert told(batch_service, hub, nonce="0" * 32) is None
    assert gate.opened() == []


@pytest.mark.parametrize("changed", [{"company": "other"}, {"agent": "agent-2"}, {"v": 7}, {"do": "evacuate"}, {"door": 0}])
def test_what_is_for_others_or_not_understood_is_ignored(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, changed: dict[str, Any]
) -> None:
    assert told(batch_service, hub, **changed) is None
    assert gate.opened() == []


def test_a_command_of_another_hub_or_changed_on_the_way_is_ignored(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal
) -> None:
    sealed = hub.seal(hub.command("gate"))
    at = len(sealed) // 2
    assert batch_service.door_command(sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]) is None
    hub.keys = KeyPairs.generate()
    assert batch_service.door_command(hub.seal(hub.command("gate"))) is None
    assert batch_service.door_command("rubbish") is None
    assert gate.opened() == []


def test_a_batch_is_no_command_and_a_command_is_no_batch(batch_service: BatchService, hub: Hub, gate: VirtualTerminal) -> None:
    assert batch_service.door_command(hub.seal(hub.batch("gate"))) is None
    assert batch_service.batch(hub.seal(hub.command("gate"))).kind == "refused"
    assert gate.opened() == []


@pytest.mark.parametrize("serial", ["", "another"])
def test_another_device_is_not_opened(batch_service: BatchService, hub: Hub, gate: VirtualTerminal, serial: str) -> None:
    answer = told(batch_service, hub, serial=serial)
    assert answer
    assert (answer.result, answer.reason and answer.reason.code) == ("other-device", "device-differs")
    assert gate.opened() == []


def test_a_door_that_the_terminal_does_not_open_is_refused(batch_service: BatchService, hub: Hub, gate: VirtualTerminal) -> None:
    answer = told(batch_service, hub, door=2)
    assert answer
    assert (answer.result, answer.reason and answer.reason.code) == ("refused", "door-not-opened-from-here")
    assert gate.opened() == []


def test_a_terminal_that_is_off_is_not_reached(batch_service: BatchService, hub: Hub, gate: VirtualTerminal) -> None:
    gate.stop()
    answer = told(batch_service, hub)
    assert answer
    assert (answer.result, answer.reason and answer.reason.code) == ("not-reached", "address-silent")


def test_a_make_without_a_driver_is_not_reached(batch_service: BatchService, hub: Hub) -> None:
    answer = told(batch_service, hub, make="acme")
    assert answer
    assert (answer.result, answer.reason and answer.reason.code) == ("not-reached", "no-driver")


def test_a_terminal_that_does_not_accept_the_secret_is_refused_and_its_secret_in_no_answer(
    batch_service: BatchService, hub: Hub, tmp_path: Path
) -> None:
    with virtual_terminal(tmp_path / "locked") as locked:
        locked.ask_for("sesame-1")
        hub.terminals["gate"].address, hub.terminals["gate"].serial = locked.address, locked.serial
        answer = told(batch_service, hub, secret="sesame-2")
        assert answer
        assert (answer.result, answer.code) == ("refused", "secret-refused")
        assert "sesame" not in answer.model_dump_json()
        right = told(batch_service, hub, secret="sesame-1")
        assert right
        assert right.result == "opened"
        assert locked.opened() == [1]


def test_a_terminal_that_falls_silent_when_it_is_asked_leaves_it_unknown(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the request came through before the line was lost, nobody knows."""

    def silent(name: str) -> None:
        if name == "agent.door-checked":
            gate.tell(delay=60)

    monkeypatch.setattr(crash, "point", silent)
    answer = told(batch_service, hub, nonce_age=2)
    assert answer
    assert answer.result == "unknown"


def test_a_terminal_that_is_busy_until_the_time_is_over_is_not_asked(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal
) -> None:
    """The answer does not wait until the terminal is free, and the door does not open then."""
    free = threading.Event()
    before = batch_service.between_batches("virtual", gate.address, lambda: bool(free.wait(PATIENCE)))  # type: ignore[arg-type]
    answer = told(batch_service, hub, nonce_age=1)
    assert not before.done()
    free.set()
    assert answer
    assert (answer.result, answer.reason and answer.reason.code) == ("expired", "door-too-late")
    batch_service.between_batches("virtual", gate.address, lambda: None).result(PATIENCE)
    assert gate.opened() == []


@pytest.mark.parametrize(("step", "times"), [("agent.door-checked", 0), ("agent.door-opened", 1)])
def test_after_a_kill_no_door_opens_again(
    hub: Hub, gate: VirtualTerminal, folder: Path, agent_in: Make, step: str, times: int
) -> None:
    """The hub of this test hands the same command out again, as the product's never does."""
    agent = agent_in(DOORSYNC_AGENT_CLOUD="true")
    with served(hub) as url:
        replace(Identity.load(folder), hub_url=url).save(folder)
        agent.start(DOORSYNC_CRASH_AT=step)
        until(lambda: hub.count, "the agent did not say hello")
        hub.commands = again = [hub.seal(hub.command("gate"))]
        assert agent.wait_for_end() == -signal.SIGKILL
        assert gate.opened() == [1] * times

        hellos = hub.count
        agent.start()
        until(lambda: hub.count > hellos, "the agent did not say hello again")
        hub.commands = again
        until(lambda: "stale-nonce" in (folder / "log").read_text(), "the command did not come again")
        assert agent.stop() == 0
    assert gate.opened() == [1] * times
    assert hub.answers == []


def test_the_courier_brings_commands_and_their_answers_beside_its_other_work(
    hub: Hub, gate: VirtualTerminal, folder: Path, agent_in: Make
) -> None:
    agent = agent_in(DOORSYNC_AGENT_CLOUD="true")
    with served(hub) as url:
        replace(Identity.load(folder), hub_url=url).save(folder)
        agent.start()
        until(lambda: hub.count, "the agent did not say hello")
        hub.terminals["gate"].wanted = {"1": person("Alice")}
        hub.commands = [hub.seal(hub.command("gate"))]
        until(lambda: hub.answers and hub.receipts, "the answers did not come")
        assert agent.stop() == 0
    assert [answer.result for answer in hub.answers] == ["opened"]
    assert gate.opened() == [1]
    assert set(gate.users()) == {"1"}
