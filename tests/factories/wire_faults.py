"""What a wire can do to the connections on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["none", "cut", "reset", "stall", "slow", "duplicate"]
Way = Literal["there", "back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`after` bytes `way` pass unharmed on each connection, counted from the moment the fault was set."""

    kind: Kind = "none"
    after: int = 0
    way: Way = "there"
    pace: int = 0  # slow: so many bytes at a time, with a pause after each
    pause: float = 0.0


NONE = Fault()


def cut() -> Fault:
    """Every connection ends in order, those that stand at once, new ones as soon as they are made."""
    return Fault(kind="cut")


def limit_data(after: int, way: Way = "back") -> Fault:
    """Every connection ends in the middle of what is said."""
    return Fault(kind="cut", after=after, way=way)


def reset(after: int = 0, way: Way = "back") -> Fault:
    """As a cut, with a RST: what is on the way is lost."""
    return Fault(kind="reset", after=after, way=way)


def stall(after: int = 0, way: Way = "there") -> Fault:
    """Connections stay open, new ones are accepted, and nothing comes through until the fault ends; then all of it does."""
    return Fault(kind="stall", after=after, way=way)


def slow(pace: int = 200, pause: float = 0.01) -> Fault:
    """Everything arrives, in small pieces."""
    return Fault(kind="slow", pace=pace, pause=pause)


def duplicate() -> Fault:
    """What goes there goes there once more on a second connection; the answers to that are thrown away."""
    return Fault(kind="duplicate")
