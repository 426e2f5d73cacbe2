"""What is wrong with an erasure that is asked for."""

from __future__ import annotations


class NumberInUse(Exception):
    """Somebody has this number now: they are erased on their own page."""
