"""The queue of a terminal that calls by itself: each command is handed out once, and what was given up never leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from doorsync.drivers.adms import lane as lanes
from doorsync.drivers.adms.command_numbers import CommandNumbers
from doorsync.drivers.adms.lane import SILENT, Lane
from doorsync.drivers.adms.protocol import LARGEST
from tests.factories.patience import PATIENCE


@pytest.fixture
def lane(tmp_path: Path) -> Lane:
    return Lane(CommandNumbers(tmp_path))


def handed(lane: Lane) -> list[str]:
    """What the terminal gets at its next poll."""
    text, _ = lane.poll("")
    return [] if text == "OK" else text.splitlines()


def number_of(line: str) -> int:
    return int(line.split(":")[1])


def answer(lane: Lane, line: str, code: int) -> None:
    lane.acknowledge(f"ID={number_of(line)}&Return={code}&CMD=DATA\n")


class Caller:
    """Somebody who runs commands in a thread, as a session does."""

    def __init__(self, lane: Lane, *texts: str, within: float = PATIENCE) -> None:
        self.answers: list[tuple[int, int]] = []
        self.failed: list[type[Exception]] = []
        self._thread = threading.Thread(target=self._run, args=(lane, texts, within))
        self._thread.start()

    def _run(self, lane: Lane, texts: tuple[str, ...], within: float) -> None:
        try:
            self.answers += lane.run(texts, within)
        except TimeoutError:
            self.failed.append(TimeoutError)

    def done(self) -> list[tuple[int, int]]:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.answers


def polled(lane: Lane, wanted: int) -> list[str]:
    """Poll until so many commands were handed out."""
    lines: list[str] = []
    while len(lines) < wanted:
        lines += handed(lane)
    return lines


def test_commands_are_handed_out_once_and_their_answers_come_by_place(lane: Lane) -> None:
    caller = Caller(lane, "DATA UPDATE one", "DATA UPDATE two")
    first, second = polled(lane, 2)
    assert handed(lane) == []
    answer(lane, second, -3)
    answer(lane, first, 0)
    assert sorted(caller.done()) == [(0, 0), (1, -3)]


def test_an_answer_to_what_was_not_handed_out_is_ignored(lane: Lane) -> None:
    lane.acknowledge("ID=1&Return=0&CMD=DATA\n")
    caller = Caller(lane, "DATA UPDATE one")
    (line,) = polled(lane, 1)
    lane.acknowledge(f"ID={number_of(line) + 1}&Return=5&CMD=DATA\n")
    answer(lane, line, 0)
    assert caller.done() == [(0, 0)]


def test_what_was_given_up_before_it_was_fetched_never_reaches_the_terminal(lane: Lane) -> None:
    caller = Caller(lane, "CONTROL DEVICE open", within=0.01)
    caller.done()
    assert caller.failed == [TimeoutError]
    assert handed(lane) == []


def test_a_poll_is_answered_with_no_more_than_a_terminal_takes_but_with_one_command_at_least(lane: Lane) -> None:
    caller = Caller(lane, "x" * LARGEST, "small", "small too")
    lines = polled(lane, 1)
    assert [len(line) > LARGEST for line in lines] == [True]
    lines += polled(lane, 2)
    for line in lines:
        answer(lane, line, 0)
    assert len(caller.done()) == 3


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(lanes, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_terminal_that_was_silent_for_more_than_a_minute_and_a_half_is_back(lane: Lane, clock: SimpleNamespace) -> None:
    assert lane.poll("")[1], "the first poll is a return too"
    clock.now += SILENT
    assert not lane.poll("")[1]
    clock.now += SILENT + 0.1
    assert lane.poll("")[1]


def test_people_are_collected_while_somebody_asks_for_them_and_not_else(lane: Lane) -> None:
    upload = "USER PIN=1\tName=Alice\tPri=0\nUSER PIN=2\tName=Bob\tPri=0\n"
    assert lane.upload(upload) == 2
    found: list[tuple[int, list[str]]] = []

    def ask() -> None:
        code, people = lane.collect("DATA QUERY USERINFO", PATIENCE)
        found.append((code, sorted(people)))

    asking = threading.Thread(target=ask)
    asking.start()
    (line,) = polled(lane, 1)
    lane.upload(upload.splitlines()[0])
    answer(lane, line, 0)
    asking.join(PATIENCE)
    assert found == [(0, ["1"])]
