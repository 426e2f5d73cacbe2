"""After how many answers the emulated terminal hangs up."""

from __future__ import annotations

from doorsync.drivers.zkteco.simulator.faults import Faults


def test_it_hangs_up_once_at_the_answer_that_was_set() -> None:
    faults = Faults(cut_before=2, cut_after=3)
    assert [faults.counts_down() for _ in range(4)] == [(False, False), (True, False), (False, True), (False, False)]
