"""What `/styleguide` shows: each room hands in the parts that it draws, with sample data of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One part: its name, its template and what to fill it with."""

    name: str
    template: str
    data: Callable[[], Mapping[str, Any]] = dict


SAMPLES: list[Sample] = []
SHEETS: list[str] = []


def add_samples(sheet: str, *samples: Sample) -> None:
    """Add parts to the style guide, with the style sheet that they need; rooms call this when they are ready."""
    if sheet:
        SHEETS.append(sheet)
    SAMPLES.extend(samples)
