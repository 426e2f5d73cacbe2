"""Events find their way by themselves: after a batch, after a start, and after a kill; never while a batch runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from doorsync.agent import drivers
from doorsync.agent.batch_service import BatchService
from doorsync.agent.config import Config
from doorsync.agent.courier_ports import Hub as HubPort
from doorsync.agent.events.journal import Journal
from doorsync.agent.events.sending import Sending
from doorsync.agent.events.service import EventService
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.agent.status_file import StatusFile
from doorsync.drivers.contract import ConnectionSettings
from doorsync.drivers.virtual import door
from tests.agent.courier import Make, served
from tests.agent.hub import Hub, person
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, until


def cards(hub: Hub) -> list[str]:
    """What the hub has of all devices, in the order of their positions."""
    return [there[position].card for there in hub.events_of.values() for position in sorted(there)]


def show(gate: VirtualTerminal, *numbers: str) -> None:
    for card in numbers:
        door.show(gate.folder, card=card)


@contextmanager
def service(hub: Hub, folder: Path, *, busy: Callable[[str], bool] = lambda _: False) -> Iterator[StatusFile]:
    """The service of an agent, without the rest of it; each job runs where it is asked for."""
    state, status_file, found = State(folder), StatusFile(folder), drivers.find_drivers()
    batch_service = BatchService(state, found, config=Config(data=folder), status_file=status_file)
    with served(hub) as url:
        port = HubPort(url)
        journal = Journal(folder / "events")
        made = EventService(
            journal,
            Sending(hub=port, state=state, journal=journal),
            found,
            status_file,
            in_lane=batch_service.between_batches,
            busy=busy,
            greetings=lambda: state.hellos,
            timeout=PATIENCE,
            settings=lambda name: ConnectionSettings(address=status_file.quiet()[name].address),
        )
        made.start()
        try:
            yield status_file
        finally:
            made.stop()
            batch_service.stop()
            port.close()


def answered(status_file: StatusFile, gate: VirtualTerminal, *, serial: str | None = None, state: str = "done") -> None:
    """A batch for the terminal has its receipt."""
    known = gate.serial if serial is None else serial
    status_file.answered("gate", make="virtual", address=gate.address, state=state, message="", serial=known)


def test_events_come_to_the_hub_after_each_batch(hub: Hub, folder: Path, gate: VirtualTerminal) -> None:
    show(gate, "1")
    with service(hub, folder) as status_file:
        answered(status_file, gate)
        until(lambda: cards(hub) == ["1"], "the first event at the hub")
        show(gate, "2", "3")
        answered(status_file, gate)
        until(lambda: cards(hub) == ["1", "2", "3"], "what came after it")
    assert gate.rows("SELECT count(*) FROM event") == [(3,)]


def test_a_terminal_is_let_be_while_a_batch_runs(hub: Hub, folder: Path, gate: VirtualTerminal) -> None:
    busy, asked = threading.Event(), threading.Event()
    busy.set()

    def is_busy(_: str) -> bool:
        asked.set()
        return busy.is_set()

    show(gate, "1")
    with service(hub, folder, busy=is_busy) as status_file:
        answered(status_file, gate)
        for _ in range(3):
            asked.clear()
            assert asked.wait(PATIENCE)
        assert not hub.events_of
        busy.clear()
        until(lambda: cards(hub) == ["1"], "the event after the batch")


def test_another_device_at_the_address_is_nobodys(hub: Hub, folder: Path, gate: VirtualTerminal, tmp_path: Path) -> None:
    show(gate, "1")
    with service(hub, folder) as status_file:
        answered(status_file, gate, serial="VTOTHER")
        until(lambda: (folder / "events/key").exists() and status_file.quiet(), "the service being at it")
        answered(status_file, gate)
        until(lambda: cards(hub) == ["1"], "the event of the right one")
    assert [serial for serial, _ in hub.events_of] == [gate.serial]


@pytest.mark.requirement("R-02", mutation="the terminal told to clear its log as soon as it was read")
@pytest.mark.parametrize("step", ["agent.events-read", "agent.events-stored", "agent.events-taken", "agent.events-stored:2"])
def test_an_agent_that_is_killed_loses_and_doubles_no_event(
    hub: Hub, folder: Path, gate: VirtualTerminal, agent_in: Make, step: str
) -> None:
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    agent = agent_in(DOORSYNC_AGENT_CLOUD="true")
    with served(hub) as url:
        replace(Identity.load(folder), hub_url=url).save(folder)
        agent.start()
        until(gate.users, "the first batch")
        agent.stop(signal.SIGKILL)
        show(gate, "11", "12", "13")
        hub.terminals["gate"].wanted["2"] = person("Bob")
        agent.start(DOORSYNC_CRASH_AT=step)
        if step.endswith(":2"):
            until(lambda: len(cards(hub)) == 3, "the first events")
            show(gate, "14")
            hub.terminals["gate"].wanted["3"] = person("Charlie")
        assert agent.wait_for_end() == -signal.SIGKILL
        agent.start()
        wanted = ["11", "12", "13", "14"] if step.endswith(":2") else ["11", "12", "13"]
        until(lambda: cards(hub) == wanted, "every event at the hub")
