from __future__ import annotations

import pytest

from doorsync.messages import errors
from doorsync.messages.errors import MessageRefused

CODES = {
    "TooLarge": "too-large",
    "Malformed": "malformed",
    "Unsealed": "unsealed",
    "UnknownKey": "unknown-key",
    "OtherHubKeys": "other-hub-keys",
    "BadSignature": "bad-signature",
    "Downgraded": "downgraded",
    "TooNew": "too-new",
    "Unanswerable": "unanswerable",
    "WrongCompany": "wrong-company",
    "WrongAgent": "wrong-agent",
    "StaleNonce": "stale-nonce",
    "Replayed": "replayed",
    "OutOfOrder": "out-of-order",
    "Quarantined": "quarantined",
    "WrongChain": "wrong-chain",
    "UnknownBatch": "unknown-batch",
    "UnknownCommand": "unknown-command",
    "UnknownDevice": "unknown-device",
    "DeviceNotYetKnown": "device-not-yet-known",
}


@pytest.mark.requirement("A-01", mutation="`code` returning the name of the parent class")
def test_each_refusal_has_its_own_code() -> None:
    found = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, MessageRefused)]
    assert {each.__name__: each.code() for each in found if each is not MessageRefused} == CODES


@pytest.mark.parametrize("name", CODES)
def test_a_refusal_says_in_words_what_is_wrong(name: str) -> None:
    assert str(getattr(errors, name)()).endswith(".")
