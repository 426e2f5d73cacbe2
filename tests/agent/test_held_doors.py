"""Doors that are held open for a time: what the terminal says afterwards, and that the agent gives them back by itself."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doorsync.agent import held_doors
from doorsync.agent.batch_service import BatchService
from doorsync.agent.identity import Identity
from doorsync.messages.door_commands import DoorAnswer
from tests.agent.courier import Make, served
from tests.agent.hub import Hub
from tests.factories.terminals import VirtualTerminal, until


@pytest.fixture(autouse=True)
def known_device(hub: Hub, gate: VirtualTerminal) -> None:
    hub.terminals["gate"].serial = gate.serial


def mode(gate: VirtualTerminal) -> str:
    """As its memory has it."""
    rows = gate.rows("SELECT mode FROM door_mode WHERE door = 1")
    return rows[0][0] if rows else "schedule"


def told(batch_service: BatchService, hub: Hub, do: str, **changed: Any) -> DoorAnswer:
    answer = batch_service.door_command(hub.seal(hub.command("gate", do=do, **changed)))
    assert answer
    return hub.answer_in(answer)


def written(folder: Path) -> list[dict[str, Any]]:
    file = folder / held_doors.FILE
    found: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
    return found


@pytest.mark.requirement("W-02", mutation="the mode that was asked for in the answer, in place of the one that was read back")
@pytest.mark.parametrize(
    ("do", "seconds", "expected"), [("hold", 600, "held-open"), ("lock-down", 0, "locked-down"), ("back", 0, "schedule")]
)
def test_a_door_is_in_the_mode_that_was_asked_for_and_the_answer_says_what_was_read_back(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, do: str, seconds: int, expected: str
) -> None:
    answer = told(batch_service, hub, do, seconds=seconds)
    assert (answer.result, answer.mode, mode(gate)) == ("done", expected, expected)
    assert gate.opened() == []


def test_the_end_of_a_hold_is_written_down_without_the_secret_until_the_door_is_in_another_mode(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, folder: Path
) -> None:
    told(batch_service, hub, "hold", seconds=600)
    (held,) = written(folder)
    assert (held["terminal"], held["door"], held["until"] - held["since"]) == ("gate", 1, 600)
    assert "secret" not in held
    told(batch_service, hub, "lock-down")
    assert written(folder) == []


def test_a_door_is_given_back_when_its_time_is_over_though_the_hub_is_away(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, folder: Path
) -> None:
    batch_service.held_doors.start()
    told(batch_service, hub, "hold", seconds=1)
    until(lambda: mode(gate) == "schedule", "the door being given back")
    until(lambda: written(folder) == [], "nothing being held any more")
    batch_service.held_doors.stop()


def test_a_door_that_was_locked_down_by_others_meanwhile_stays_so(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, folder: Path
) -> None:
    told(batch_service, hub, "hold", seconds=1)
    gate.change("UPDATE door_mode SET mode = 'locked-down'")
    batch_service.held_doors.start()
    until(lambda: written(folder) == [], "the time being over")
    batch_service.held_doors.stop()
    assert mode(gate) == "locked-down"


def test_a_longer_hold_replaces_the_end_of_the_shorter_one(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, folder: Path
) -> None:
    told(batch_service, hub, "hold", seconds=1)
    told(batch_service, hub, "hold", seconds=600)
    (held,) = written(folder)
    assert held["until"] - held["since"] == 600


def test_a_hold_without_an_end_and_an_end_without_a_hold_are_not_taken(batch_service: BatchService, hub: Hub) -> None:
    for do, seconds in (("hold", 0), ("lock-down", 5), ("open", 5), ("hold", 100_000)):
        command = hub.command("gate").model_copy(update={"do": do, "seconds": seconds})
        assert batch_service.door_command(hub.seal(command)) is None


def test_a_terminal_that_is_off_at_the_end_is_told_when_it_is_back(
    batch_service: BatchService, hub: Hub, gate: VirtualTerminal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_doors, "AGAIN", 0.1)
    told(batch_service, hub, "hold", seconds=1)
    gate.tell(gone=True)
    batch_service.held_doors.start()
    (held,) = batch_service.held_doors._held.values()
    until(lambda: batch_service.held_doors._next_try.get(held.id), "the end being tried")
    assert mode(gate) == "held-open"
    assert written(folder) != []
    gate.behave()
    until(lambda: mode(gate) == "schedule", "the door being given back")
    batch_service.held_doors.stop()


def test_a_clock_that_was_set_back_to_before_the_hold_ends_it(
    open_batch_service: Callable[..., BatchService], hub: Hub, gate: VirtualTerminal, folder: Path
) -> None:
    """As after a restart with a clock that runs behind: for how long the door was open, nobody knows."""
    before = open_batch_service()
    hub.hello(before.hello().hello)
    told(before, hub, "hold", seconds=600)
    (held,) = written(folder)
    later = {**held, "since": held["since"] + 10_000, "until": held["until"] + 10_000}
    (folder / held_doors.FILE).write_text(json.dumps([later]))
    after = open_batch_service()
    after.held_doors.start()
    until(lambda: mode(gate) == "schedule", "the door being given back")
    after.held_doors.stop()


@pytest.mark.requirement("R-02", mutation="`expect` after `set_door_mode`, so that a door is open whose end nobody knows")
@pytest.mark.parametrize(("step", "open_then"), [("agent.hold-written", "schedule"), ("agent.door-told", "held-open")])
def test_after_a_kill_a_door_is_given_back_in_time_and_not_held_open_anew(
    hub: Hub, gate: VirtualTerminal, folder: Path, agent_in: Make, step: str, open_then: str
) -> None:
    agent = agent_in(DOORSYNC_AGENT_CLOUD="true")
    with served(hub) as url:
        replace(Identity.load(folder), hub_url=url).save(folder)
        agent.start(DOORSYNC_CRASH_AT=step)
        until(lambda: hub.count, "the agent did not say hello")
        hub.commands = again = [hub.seal(hub.command("gate", do="hold", seconds=3))]
        assert agent.wait_for_end() == -signal.SIGKILL
        assert mode(gate) == open_then
        hellos = hub.count
        agent.start()
        until(lambda: hub.count > hellos, "the agent did not say hello again")
        hub.commands = again
        until(lambda: "stale-nonce" in (folder / "log").read_text(), "the command did not come again")
        until(lambda: written(folder) == [], "the time being over")
        assert agent.stop() == 0
    assert mode(gate) == "schedule"
    assert hub.answers == []
