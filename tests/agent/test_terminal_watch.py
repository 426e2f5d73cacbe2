"""Lost terminals are looked for, and the hub is told once when they are back; nobody else is bothered."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import pytest

from doorsync.agent import terminal_watch
from doorsync.agent.drivers import Drivers
from doorsync.agent.errors import HubUnreachable
from doorsync.agent.status_file import StatusFile
from doorsync.agent.terminal_watch import TerminalWatch
from doorsync.domain.capabilities import Capabilities, ChangeDetection
from doorsync.drivers.contract import About, ConnectionSettings, TerminalError
from doorsync.drivers.make import Make
from doorsync.messages.schemas import Device
from tests.factories.patience import PATIENCE
from tests.factories.terminals import until


class Knocking:
    """A make of terminal that only counts who knocks; those whose address is in `away` do not answer."""

    make: ClassVar[Make] = Make(name="knocking", title="Knocking", address="gate")

    def __init__(self) -> None:
        self.knocks: Counter[str] = Counter()
        self.away = {"gate", "pool"}
        self.serial, self.users = "S1", 17
        self.mark, self.marks_asked = "one", 0
        self.detection = ChangeDetection.CHECKSUM

    def lane(self, settings: ConnectionSettings) -> str:
        return settings.address

    def open(self, settings: ConnectionSettings, *, timeout: float) -> AbstractContextManager[Any]:
        address = settings.address
        self.knocks[address] += 1
        if address in self.away:
            raise TerminalError(permanent=False)
        return nullcontext(self)

    def about(self) -> About:
        return About(serial=self.serial, users=self.users, can=Capabilities(change_detection=self.detection))

    def change_mark(self) -> str:
        self.marks_asked += 1
        return self.mark


class Told:
    """The hub's ear: deaf so many times before it hears."""

    def __init__(self) -> None:
        self.terminals: list[str] = []
        self.deaf = 0

    def __call__(self, terminal: str) -> bool:
        if self.deaf:
            self.deaf -= 1
            raise HubUnreachable
        self.terminals.append(terminal)
        return True


@pytest.fixture
def doors() -> Knocking:
    return Knocking()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def changes() -> Told:
    """The hub's ear for terminals that changed."""
    return Told()


@pytest.fixture
def status_file(monkeypatch: pytest.MonkeyPatch, doors: Knocking, told: Told, changes: Told) -> Iterator[StatusFile]:
    """A watch looks after it, more often than in life."""
    for name, seconds in (("EVERY", 0.01), ("FIRST_PAUSE", 0.01), ("LONGEST_PAUSE", 0.05), ("QUIET", 0.05)):
        monkeypatch.setattr(terminal_watch, name, seconds)
    made = StatusFile(None)
    begun = TerminalWatch(made, Drivers(working={"knocking": doors}), told, changes)
    begun.start()
    yield made
    begun.stop()
    begun._thread.join(PATIENCE)
    assert not begun._thread.is_alive()


def result(status_file: StatusFile, terminal: str, state: str, make: str = "knocking") -> None:
    status_file.answered(terminal, make=make, address=terminal, state=state, message="")


def more_knocks(doors: Knocking, address: str) -> Callable[[], bool]:
    before = doors.knocks[address]
    return lambda: doors.knocks[address] >= before + 3


@pytest.mark.requirement("R-05", mutation="a watch that stops looking after the first look; or tells at every look")
def test_who_is_back_is_told_once(status_file: StatusFile, doors: Knocking, told: Told) -> None:
    for name in ("gate", "pool"):
        result(status_file, name, "not-reached")
    until(more_knocks(doors, "gate"), "nobody looked at the gate")
    assert told.terminals == []

    doors.away.remove("gate")
    until(lambda: told.terminals, "nobody said that it is back")
    at_the_gate = doors.knocks["gate"]
    until(more_knocks(doors, "pool"), "nobody looks at the pool")
    assert (told.terminals, doors.knocks["gate"]) == (["gate"], at_the_gate)

    result(status_file, "gate", "not-reached")
    until(lambda: len(told.terminals) == 2, "it was lost once more")


def test_whoever_was_reached_is_left_alone(status_file: StatusFile, doors: Knocking, told: Told) -> None:
    result(status_file, "office", "done")
    result(status_file, "sauna", "interrupted")
    result(status_file, "gym", "partly")
    result(status_file, "strange", "not-reached", make="nobody's")
    result(status_file, "pool", "not-reached")
    until(more_knocks(doors, "pool"), "nobody looks at the pool")
    result(status_file, "pool", "done")
    assert set(doors.knocks) == {"pool"}
    assert told.terminals == []


def test_a_hub_that_is_away_is_told_when_it_is_back(status_file: StatusFile, doors: Knocking, told: Told) -> None:
    told.deaf = 3
    doors.away.clear()
    result(status_file, "gate", "not-reached")
    until(lambda: told.terminals, "it was not told again")
    assert doors.knocks["gate"] == 4


@pytest.mark.requirement("R-05", mutation="a LONGEST_PAUSE of five minutes")
def test_a_lost_terminal_is_looked_at_often_enough_to_be_right_within_a_minute(doors: Knocking, told: Told) -> None:
    """However long it was away: its next look, and the time for an answer, leave some of the minute for the work itself."""
    looks = TerminalWatch(status_file := StatusFile(None), Drivers(working={"knocking": doors}), told)
    result(status_file, "gate", "not-reached")
    look = terminal_watch._first_look()
    for _ in range(20):
        looks._look_for_lost("gate", status_file.lost()["gate"], look)
        assert look.at - time.monotonic() <= look.pause
    assert look.pause + terminal_watch.WITHIN + terminal_watch.EVERY <= 45


def was(status_file: StatusFile, terminal: str, serial: str, users: int | None) -> None:
    """A batch ended, and the terminal told this of itself."""
    status_file.saw(terminal, Device(serial=serial, users=users))
    status_file.answered(terminal, make="knocking", address=terminal, state="done", message="", serial=serial)


@pytest.mark.requirement("I-02", mutation="_differs() leaving out the count; or the watch looking at lost terminals only")
@pytest.mark.parametrize(("serial", "users"), [("S1", 0), ("S1", 16), ("S1", 18), ("S2", 17)])
def test_a_terminal_that_changed_between_batches_is_told_once(
    status_file: StatusFile, doors: Knocking, changes: Told, serial: str, users: int
) -> None:
    was(status_file, "office", "S1", 17)
    until(more_knocks(doors, "office"), "nobody looks at the office")
    assert changes.terminals == []

    changes.deaf = 2
    doors.serial, doors.users = serial, users
    until(lambda: changes.terminals, "nobody said that it changed")
    until(more_knocks(doors, "office"), "nobody looks at the office")
    assert changes.terminals == ["office"]


def test_a_terminal_that_tells_no_count_is_told_apart_by_its_serial_number(
    status_file: StatusFile, doors: Knocking, changes: Told
) -> None:
    was(status_file, "office", "S1", None)
    doors.users = 3
    until(more_knocks(doors, "office"), "nobody looks at the office")
    assert changes.terminals == []
    doors.serial = "S2"
    until(lambda: changes.terminals, "nobody said that it changed")


@pytest.mark.requirement("I-01", mutation="_is_back() asking only whether anybody answers")
def test_the_right_device_is_told_when_it_is_back(status_file: StatusFile, doors: Knocking, told: Told) -> None:
    doors.serial = "S2"
    status_file.answered("office", make="knocking", address="office", state="other-device", message="", serial="S1")
    until(more_knocks(doors, "office"), "nobody looks for the right one")
    assert told.terminals == []
    doors.serial = "S1"
    until(lambda: told.terminals, "nobody said that it is back")


def quiet_gate(status_file: StatusFile, doors: Knocking) -> None:
    """Its last batch reached it, and its mark was asked for since."""
    status_file.answered("gate", make="knocking", address="gate", state="done", message="", serial="S1")
    until(more_knocks(doors, "gate"), "nobody looked")  # whoever began to look before the batch has ended
    doors.away.clear()
    before = doors.marks_asked
    if doors.detection is ChangeDetection.CHECKSUM:
        until(lambda: doors.marks_asked >= before + 2, "nobody asked for the mark")


@pytest.mark.requirement("I-02", mutation="comparing counts alone: somebody exchanged for another is found by Verify only")
def test_terminal_with_another_mark_and_as_many_people_is_told_once(
    status_file: StatusFile, doors: Knocking, changes: Told
) -> None:
    quiet_gate(status_file, doors)
    assert changes.terminals == []
    doors.mark = "two"
    until(lambda: changes.terminals, "nobody said that it has changed")
    until(more_knocks(doors, "gate"), "nobody looked again")
    assert changes.terminals == ["gate"]


def test_mark_that_a_batch_changed_is_no_news(status_file: StatusFile, doors: Knocking, changes: Told) -> None:
    quiet_gate(status_file, doors)
    doors.away.add("gate")  # so that nobody looks between the write and its answer
    until(more_knocks(doors, "gate"), "nobody looked")
    doors.mark = "written"
    quiet_gate(status_file, doors)
    assert changes.terminals == []


def test_mark_that_is_only_a_count_is_not_asked_for(status_file: StatusFile, doors: Knocking, changes: Told) -> None:
    doors.detection = ChangeDetection.COUNT
    quiet_gate(status_file, doors)
    until(more_knocks(doors, "gate"), "nobody looked")
    assert (doors.marks_asked, changes.terminals) == (0, [])


def test_news_that_the_hub_did_not_take_is_told_again(status_file: StatusFile, doors: Knocking, changes: Told) -> None:
    quiet_gate(status_file, doors)
    changes.deaf = 2
    doors.mark = "two"
    until(lambda: changes.terminals, "it was not told again")
