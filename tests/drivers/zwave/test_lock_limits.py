"""What a lock says that it can hold, and who fits."""

from __future__ import annotations

from typing import Any

import pytest

from doorsync.drivers.zwave.lock_limits import limits_in
from doorsync.drivers.zwave.protocol import Malformed

USERS = {"capabilities": {"maxUsers": 30, "maxUserNameLength": 8}}
PIN = {"numberOfCredentialSlots": 20, "minCredentialLength": 4, "maxCredentialLength": 6}
CARD = {"numberOfCredentialSlots": 25, "minCredentialLength": 1, "maxCredentialLength": 4}


def credentials(**types: Any) -> dict[str, Any]:
    return {"capabilities": {"supportedCredentialTypes": {name[1:]: value for name, value in types.items()}}}


def user(**fields: Any) -> dict[str, Any]:
    return {"name": "Anna", "pin": "1234", "cards": ["7"], **fields}


def test_capacity_is_the_fewest_of_users_and_slots() -> None:
    assert limits_in(USERS, credentials(_1=PIN, _3=CARD)).capabilities().capacity == 20
    assert limits_in({"capabilities": {"maxUsers": 10}}, credentials(_1=PIN)).capabilities().capacity == 10


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"pin": ""}, True),
        ({"name": "Annabelle"}, False),
        ({"name": "Zoë-Anna"}, False),  # nine bytes
        ({"pin": "123"}, False),
        ({"pin": "1234567"}, False),
        ({"cards": [str(2**32 - 1)]}, True),
        ({"cards": [str(2**32)]}, False),
        ({"cards": ["1", "2"]}, False),
    ],
)
def test_only_who_fits_whole_is_held(fields: dict[str, Any], fits: bool) -> None:
    assert limits_in(USERS, credentials(_1=PIN, _3=CARD)).hold(user(**fields)) is fits


def test_lock_without_pins_or_cards_holds_none() -> None:
    limits = limits_in(USERS, credentials())
    assert limits.hold(user(pin="", cards=[]))
    assert not limits.hold(user(cards=[]))
    assert not limits.hold(user(pin=""))


@pytest.mark.parametrize("answer", [None, {}, {"capabilities": {"maxUsers": "many"}}, {"capabilities": []}])
def test_answer_of_another_form_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        limits_in(answer, credentials(_1=PIN))
    with pytest.raises(Malformed):
        limits_in(USERS, answer)
