"""What was refused is brought again after a pause, twice as long each time; what was taken waits for nothing."""

from __future__ import annotations

import pytest

from doorsync.agent import backoff
from doorsync.agent.backoff import FIRST, LONGEST, Backoff


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(backoff, "time", made)
    return made


def test_each_pause_is_twice_as_long_up_to_the_longest(clock: Clock) -> None:
    waits, pause = Backoff(), FIRST
    for _ in range(14):
        waits.note("gate", taken=False)
        clock.now += pause - 0.01
        assert waits.held_back() == {"gate"}
        clock.now += 0.02
        assert waits.held_back() == set()
        pause = min(2 * pause, LONGEST)
    assert pause == LONGEST


def test_what_was_taken_starts_anew_and_others_are_left_alone(clock: Clock) -> None:
    waits = Backoff()
    for _ in range(5):
        waits.note("gate", taken=False)
    waits.note("pool", taken=True)
    assert waits.held_back() == {"gate"}
    waits.note("gate", taken=True)
    assert waits.held_back() == set()
    waits.note("gate", taken=False)
    clock.now += FIRST + 0.01
    assert waits.held_back() == set()
