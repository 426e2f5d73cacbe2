"""Random schedules of events and faults: no event is lost or doubled. Many more run in `bench/event_fault_schedules.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hub.events.schedules import run_schedule

SEEDS = int(os.environ.get("DOORSYNC_TEST_SEEDS", "12"))
STEPS = 40


@pytest.mark.django_db
@pytest.mark.requirement("R-02", mutation="take_events() storing what follows a gap")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_faults_neither_lose_nor_double_an_event(tmp_path: Path, seed: int) -> None:
    run_schedule(tmp_path / "schedule", seed, STEPS)
