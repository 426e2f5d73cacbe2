"""`doorsync agent try` finds nothing wrong with the benches of all makes: what it tries is what the contract says."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.agent.driver_trial import Trial
from doorsync.domain.record import Kind
from tests.contracts.drivers.benches import BENCHES
from tests.factories.patience import PATIENCE


@pytest.mark.parametrize("make", sorted(BENCHES))
def test_a_trial_of_each_make_passes_and_leaves_nothing(make: str, tmp_path: Path) -> None:
    with BENCHES[make](tmp_path) as bench:
        bench.clear()
        steps = list(Trial(bench.driver, bench.settings, PATIENCE).steps())
        assert [(step.name, step.failure) for step in steps if step.failure] == []
        assert bench.memory(Kind.USER) == {}
