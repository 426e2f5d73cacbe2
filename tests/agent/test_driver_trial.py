"""A driver is tried at an empty terminal, whatever its keys are; one that holds anybody is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from doorsync.agent.driver_trial import NotEmpty, Trial
from doorsync.drivers.virtual.driver import VirtualDriver
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, virtual_terminal

FORMS: list[dict[str, Any]] = [
    {},
    {"key_form": "place", "first_place": 5, "schedule_key_form": "place", "first_schedule_place": 2},
    {"key_form": "card", "name_bytes": 4},
    {"cards_per_user": 0, "schedules_per_user": 0, "pin_min": 5, "until": False},
]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., VirtualTerminal]]:
    with ExitStack() as stack:
        yield lambda **can: stack.enter_context(virtual_terminal(tmp_path / f"gate{len(list(tmp_path.iterdir()))}", **can))


@pytest.mark.parametrize("can", FORMS)
def test_a_sound_terminal_passes_and_is_empty_afterwards(made: Callable[..., VirtualTerminal], can: dict[str, Any]) -> None:
    gate = made(**can)
    steps = list(Trial(VirtualDriver(), gate.settings, PATIENCE).steps())
    assert [(step.name, step.failure) for step in steps if step.failure] == []
    assert len(steps) >= 5
    assert (gate.users(), gate.schedules()) == ({}, {})


def test_a_terminal_that_holds_somebody_is_left_alone(made: Callable[..., VirtualTerminal]) -> None:
    gate = made()
    gate.enrol("7", "Alice")
    with pytest.raises(NotEmpty):
        list(Trial(VirtualDriver(), gate.settings, PATIENCE).steps())
    assert set(gate.users()) == {"7"}


@pytest.mark.parametrize("fault", [{"lie": "drop"}, {"lie": "rename"}, {"full": True}])
def test_a_terminal_that_does_otherwise_is_found_out(made: Callable[..., VirtualTerminal], fault: dict[str, Any]) -> None:
    gate = made()
    gate.tell(**fault)
    steps = list(Trial(VirtualDriver(), gate.settings, PATIENCE).steps())
    assert [step.failure for step in steps if step.failure]
    assert "159" not in " ".join(step.failure for step in steps)  # no card and no PIN
