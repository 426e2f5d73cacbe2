"""What fails for one stops nobody else: it is logged by its kind and place, once, and never by its words."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from doorsync.hub.companies import isolation
from doorsync.hub.companies.isolation import PAUSE, isolated


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    isolation._logged.clear()
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(isolation, "time", SimpleNamespace(monotonic=lambda: clock.now))
    yield clock
    isolation._logged.clear()


def fail(what: str = "It failed.", secret: str = "4711", **about: object) -> None:
    with isolated(what, **about):
        raise ValueError(f"The PIN {secret} is wrong.")


def test_a_failure_is_told_by_its_kind_and_place_and_not_by_its_words() -> None:
    with capture_logs() as told:
        fail(company="gym", terminal=7)
    (entry,) = told
    assert entry["at"].startswith("test_isolation.py:")
    assert {name: entry[name] for name in ("event", "error", "company", "terminal", "log_level")} == {
        "event": "It failed.",
        "error": "ValueError",
        "company": "gym",
        "terminal": "7",
        "log_level": "error",
    }
    assert "4711" not in str(told)


def test_the_same_failure_is_told_once_in_five_minutes_and_another_one_at_once(clock: SimpleNamespace) -> None:
    with capture_logs() as told:
        fail(company="gym")
        fail(company="gym", secret="0815")
        fail(company="pool")
        clock.now += PAUSE - 1
        fail(company="gym")
        clock.now += 1
        fail(company="gym")
    assert [entry["company"] for entry in told] == ["gym", "pool", "gym"]


def test_what_the_caller_wants_to_hear_of_passes() -> None:
    with pytest.raises(LookupError), isolated("It failed.", LookupError):
        raise KeyError
    with pytest.raises(KeyboardInterrupt), isolated("It failed."):
        raise KeyboardInterrupt


def test_failures_without_end_fill_no_memory() -> None:
    with capture_logs():
        for number in range(2500):
            fail(company=number)
    assert len(isolation._logged) <= 1001
