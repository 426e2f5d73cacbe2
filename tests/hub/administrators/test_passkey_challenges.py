from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from doorsync.hub.administrators.errors import WrongPasskey
from doorsync.hub.administrators.passkey_challenges import SECONDS, new_challenge, open_challenge, spend_challenge

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_challenge_is_random_and_its_browser_s(db: None) -> None:
    challenge, cookie = new_challenge("sign-in")
    assert len(challenge) == 32
    assert new_challenge("sign-in")[0] != challenge
    assert open_challenge({"passkey": cookie}, "sign-in") == challenge
    for browser, purpose in (({}, "sign-in"), ({"passkey": cookie[:-1]}, "sign-in"), ({"passkey": cookie}, "proof.x")):
        with pytest.raises(WrongPasskey):
            spend_challenge(browser, purpose)
    assert spend_challenge({"passkey": cookie}, "sign-in") == challenge
    with pytest.raises(WrongPasskey):
        spend_challenge({"passkey": cookie}, "sign-in")


@pytest.mark.parametrize("moment", [timedelta(seconds=SECONDS + 1), -timedelta(minutes=2)])
def test_challenge_is_good_for_minutes_by_any_clock(db: None, moment: timedelta) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, cookie = new_challenge("sign-in")
        clock.shift(moment)
        with pytest.raises(WrongPasskey):
            open_challenge({"passkey": cookie}, "sign-in")


def test_purpose_is_not_confused_with_the_challenge(db: None) -> None:
    _, cookie = new_challenge("make.a.b")
    with pytest.raises(WrongPasskey):
        open_challenge({"passkey": cookie}, "make.a")
    assert open_challenge({"passkey": cookie}, "make.a.b")
