"""Random schedules of changes and faults: nothing is ever called right that is not, and after the faults all is right.

The schedules are in `schedules`; thousands of shorter ones run in `bench/sync_fault_schedules.py`.
"""

from __future__ import annotations

import os

import pytest

from doorsync.domain.capabilities import Capabilities, KeyForm
from tests.hub.sync.changes import two_doors
from tests.hub.sync.schedules import Schedule

SEEDS = int(os.environ.get("DOORSYNC_TEST_SEEDS", "25"))
PLACED_SEEDS = max(2, SEEDS // 12)
STEPS = 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement(
    "R-01", mutation="a receipt of a removal deleting a holding that is wanted again; or in_scope() ignoring the groups"
)
@pytest.mark.requirement("R-02", mutation="_fork() not forgetting what is held")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_faults_never_leave_anything_false_and_all_converges(seed: int) -> None:
    Schedule(two_doors(), seed).run(STEPS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", [KeyForm.PLACE, KeyForm.CARD])
@pytest.mark.parametrize("seed", range(PLACED_SEEDS))
def test_the_same_at_terminals_that_keep_entries_under_keys_of_their_own(seed: int, form: KeyForm) -> None:
    can = Capabilities(key_form=form, schedule_key_form=KeyForm.PLACE, first_schedule_place=2)
    Schedule(two_doors(can), seed).run(STEPS // 2)
