"""What was there at the start is not looked through again, and rings of objects that came since still go away."""

from __future__ import annotations

import gc
import weakref

from doorsync.hub.entry.garbage import ALLOCATED, collect_rarely


class Ring:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_rings_still_go_away_by_themselves() -> None:
    collect_rarely()
    gone = weakref.ref(Ring())
    kept = [[number] for number in range(2 * ALLOCATED)]  # as requests allocate
    assert gone() is None
    assert kept


def test_what_is_there_is_set_aside() -> None:
    before = [[number] for number in range(ALLOCATED)]
    collect_rarely()
    assert gc.get_freeze_count() > len(before)
