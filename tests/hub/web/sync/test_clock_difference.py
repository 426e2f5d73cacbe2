from __future__ import annotations

import pytest

from doorsync.hub.web.sync.clock_difference import clock_difference


@pytest.mark.parametrize("seconds", [None, 0, 60, -60])
def test_nothing_is_said_of_a_clock_that_is_right_or_not_known(seconds: int | None) -> None:
    assert clock_difference(seconds) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (61, "1 minute ahead"),
        (-61, "1 minute behind"),
        (3599, "59 minutes ahead"),
        (-3600, "1 hour behind"),
        (172799, "47 hours ahead"),
        (-9000 * 86400, "9000 days behind"),
    ],
)
def test_difference_is_told_in_the_largest_unit_that_fits(seconds: int, said: str) -> None:
    assert f"It was {said} when the terminal last answered." in clock_difference(seconds)
