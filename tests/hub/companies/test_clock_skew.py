"""What begins later than now was written by a clock that ran ahead, and holds for nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.signing import SignatureExpired
from django.utils import timezone

from doorsync.hub.companies.clock_skew import AHEAD, Signer, has_begun


def test_a_moment_has_begun_as_far_as_clocks_agree() -> None:
    now = timezone.now()
    assert has_begun(now - timedelta(days=9), now)
    assert has_begun(now + AHEAD, now)
    assert not has_begun(now + AHEAD + timedelta(seconds=1), now)


@pytest.mark.parametrize(
    ("off", "valid"), [(timedelta(seconds=30), True), (timedelta(days=10), False), (timedelta(days=-10), False)]
)
def test_what_is_signed_for_a_minute_is_not_valid_for_ten_days_more(off: timedelta, valid: bool) -> None:
    now = timezone.now()
    with time_machine.travel(now + off, tick=False):
        signed = Signer(key="k").sign("seven")
    with time_machine.travel(now + (timedelta(seconds=31) if valid else timedelta()), tick=False):
        if valid:
            assert Signer(key="k").unsign(signed, max_age=60) == "seven"
        else:
            with pytest.raises(SignatureExpired):
                Signer(key="k").unsign(signed, max_age=60)
