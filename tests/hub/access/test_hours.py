"""Weekly hours as people write them."""

from __future__ import annotations

import pytest

from doorsync.hub.access.errors import BadHours
from doorsync.hub.access.hours import slots_of


def test_hours_of_several_days_become_slots() -> None:
    assert slots_of(["sat 10:00-16:00", "mon-tue 08:00-24:00"]) == [
        ["1", "08:00", "24:00"],
        ["2", "08:00", "24:00"],
        ["6", "10:00", "16:00"],
    ]


def test_always_means_every_minute() -> None:
    assert slots_of(["always"]) == [[str(day), "00:00", "24:00"] for day in range(1, 8)]


@pytest.mark.parametrize(
    "lines",
    [
        ["monday 08:00-18:00"],
        ["mon 18:00-08:00"],
        ["mon 8:00-18:00"],
        ["fri-mon 08:00-18:00"],
        ["mon 25:00-26:00"],
        ["mon 08:00-12:00", "mon-wed 11:59-13:00"],
        ["always", "mon 08:00-18:00"],
    ],
)
def test_what_are_no_hours_is_said_so(lines: list[str]) -> None:
    with pytest.raises(BadHours):
        slots_of(lines)
