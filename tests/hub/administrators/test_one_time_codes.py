from __future__ import annotations

from base64 import b32decode, b32encode
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from doorsync.hub.administrators import one_time_codes

RFC_SECRET = b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    """Its appendix B has eight digits of SHA-1; six are their end."""
    assert one_time_codes.matching_step(RFC_SECRET, code, at(seconds)) == seconds // 30


def test_code_is_right_one_step_before_and_after_its_own_only() -> None:
    now = at(1_234_567_890)
    step = one_time_codes.time_step(now)
    found = [
        one_time_codes.matching_step(RFC_SECRET, one_time_codes.code_at(RFC_SECRET, each), now)
        for each in range(step - 3, step + 4)
    ]
    assert found == [None, None, step - 1, step, step + 1, None, None]


@pytest.mark.parametrize("odd", ["", "05924", "0059240", "00592a", "٠٠٥٩٢٤", "\ud800", "005924\0"])
def test_what_is_not_the_code_is_wrong(odd: str) -> None:
    assert one_time_codes.matching_step(RFC_SECRET, odd, at(1_234_567_890)) is None


def test_secret_is_twenty_bytes_by_chance() -> None:
    first, second = one_time_codes.new_secret(), one_time_codes.new_secret()
    assert first != second
    assert len(b32decode(first)) == 20


def test_address_for_the_app_names_account_and_issuer() -> None:
    address = urlsplit(one_time_codes.app_address(RFC_SECRET, "Zoë & co@gym"))
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/Doorsync:Zoë & co@gym")
    said = parse_qs(address.query)
    assert said == {"secret": [RFC_SECRET], "issuer": ["Doorsync"], "algorithm": ["SHA1"], "digits": ["6"], "period": ["30"]}
