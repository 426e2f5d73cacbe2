from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from doorsync.hub.administrators import relying_party
from tests.factories.passkeys import Device

CHALLENGE = b"c" * 32


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://doorsync.example.com", "https://doorsync.example.com"),
        ("https://doorsync.example.com:8443", "https://doorsync.example.com:8443"),
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://doorsync.example.com", ""),
        ("https://192.0.2.7", ""),
        ("https://[2001:db8::1]", ""),
    ],
)
def test_passkeys_work_where_browsers_allow_them(setting: Callable[..., None], address: str, origin: str) -> None:
    setting(PUBLIC_URL=address)
    assert relying_party.passkey_origin() == origin


def test_browsers_are_asked_for_a_verified_user_and_a_passkey_that_is_found_by_itself(setting: Callable[..., None]) -> None:
    setting(PUBLIC_URL="https://doorsync.example.com:8443")
    options = relying_party.creation_options(CHALLENGE, handle=b"h" * 32, name="alice@gym", others=[])
    text = json.loads(json.dumps(options))
    assert text["rp"] == {"name": "Doorsync", "id": "doorsync.example.com"}
    assert text["authenticatorSelection"]["residentKey"] == "required"
    assert text["authenticatorSelection"]["userVerification"] == "required"
    asked = json.loads(json.dumps(relying_party.request_options(CHALLENGE)))
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "doorsync.example.com"
    assert "allowCredentials" not in asked


def test_passkey_of_another_address_of_the_hub_is_refused(setting: Callable[..., None]) -> None:
    setting(PUBLIC_URL="https://doorsync.example.com")
    device = Device(rp_id="doorsync.example.com")
    kept = relying_party.check_creation(CHALLENGE, relying_party.read_creation(device.make(CHALLENGE))).credential_data
    assert kept
    used = relying_party.read_assertion(device.use(CHALLENGE))
    assert relying_party.check_assertion(CHALLENGE, kept, used) == 2
    setting(PUBLIC_URL="https://doors.example.com")
    with pytest.raises(ValueError, match="origin"):
        relying_party.check_assertion(CHALLENGE, kept, used)


def test_answers_that_are_too_long_are_not_read() -> None:
    with pytest.raises(TypeError):
        relying_party.read_assertion(json.dumps({"id": "x" * relying_party.LONGEST}))
