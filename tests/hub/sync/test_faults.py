"""Random schedules of changes and faults: nothing is ever called right that is not, and after the faults all is right.

The schedules are in `schedules`; thousands of shorter ones run in `bench/sync_fault_schedules.py`.
"""

from __future__ import annotations

import os

import pytest

from tests.hub.sync.changes import two_doors
from tests.hub.sync.schedules import Schedule

SEEDS = int(os.environ.get("DOORSYNC_TEST_SEEDS", "25"))
STEPS = 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement(
    "R-01", mutation="a receipt of a removal deleting a holding that is wanted again; or in_scope() ignoring the groups"
)
@pytest.mark.requirement("R-02", mutation="_fork() not forgetting what is held")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_faults_never_leave_anything_false_and_all_converges(seed: int) -> None:
    Schedule(two_doors(), seed).run(STEPS)
