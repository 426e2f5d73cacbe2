"""How often Python looks for objects that only hold each other."""

from __future__ import annotations

import gc

ALLOCATED = 20_000  # objects, more than were freed, between two looks at the newest; Python's own number is 700


def collect_rarely() -> None:
    """Never look through what was there at the start, and more rarely through what came since.

    Modules, models and compiled statements stay as long as the process, and a request leaves little behind that is a ring.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATED, 20, 50)
