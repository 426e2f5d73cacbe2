"""Which ID tokens are believed: those that the provider's own key signed, for us, for this sign-in, and now."""

from __future__ import annotations

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from doorsync.hub.providers.errors import SignInRefused
from doorsync.hub.providers.id_tokens import LEEWAY, LONGEST, read_id_token
from tests.factories.lying_provider import KEY

ISSUER, CLIENT, NONCE = "https://login.example.com", "doorsync", "n-1"
SHARED = OctKey.import_key("a secret that two know, and nobody proves anything with", {"kid": "first"})


def claims(**other: Any) -> dict[str, Any]:
    """What an honest token says, but for `other`; None leaves a claim out."""
    now = int(time.time())
    honest = {"iss": ISSUER, "sub": "b-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": NONCE}
    return {name: value for name, value in {**honest, **other}.items() if value is not None}


def signed(said: dict[str, Any], key: RSAKey | OctKey = KEY, **header: Any) -> str:
    header = {"alg": "RS256", "kid": "first", **header}
    return jwt.encode(header, said, key, algorithms=[header["alg"]])


def read(text: object, *keys: RSAKey | OctKey) -> dict[str, Any]:
    known = KeySet(list(keys or (KEY,)))
    return read_id_token(text, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, access_token=None, keys=lambda _fresh: known)


def reason_of(text: object, *keys: RSAKey | OctKey) -> str:
    with pytest.raises(SignInRefused) as refused:
        read(text, *keys)
    return refused.value.reason


def test_honest_token_gives_its_claims() -> None:
    assert read(signed(claims(email="bob@gym.example")))["email"] == "bob@gym.example"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"iss": "https://login.example.com/"}, "id-token-iss"),
        ({"aud": "another"}, "id-token-aud"),
        ({"aud": None}, "id-token-aud"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "id-token-azp"),
        ({"nonce": "n-2"}, "id-token-nonce"),
        ({"nonce": None}, "id-token-nonce"),
        ({"exp": 1}, "id-token-exp"),
        ({"exp": None}, "id-token-exp"),
        ({"sub": None}, "id-token-sub"),
        ({"sub": ""}, "id-token-sub"),
        ({"sub": "b 1"}, "id-token-sub"),
        ({"sub": "b-1\n"}, "id-token-sub"),
        ({"sub": "b" * 256}, "id-token-sub"),
    ],
)
def test_token_that_is_not_for_this_sign_in_is_refused(other: dict[str, Any], reason: str) -> None:
    assert reason_of(signed(claims(**other))) == reason


def test_clocks_may_differ_by_the_leeway_and_no_more() -> None:
    now = int(time.time())
    assert read(signed(claims(exp=now - LEEWAY + 30)))
    assert reason_of(signed(claims(exp=now - LEEWAY - 5))) == "id-token-exp"


def test_token_of_another_key_of_the_same_name_is_refused() -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    assert reason_of(signed(claims(), stranger)) == "id-token-signature"


@pytest.mark.parametrize("text", ["", "a.b.c", "a" * (LONGEST + 1), None, 7])
def test_what_is_no_token_is_refused(text: object) -> None:
    assert reason_of(text).startswith("id-token-m")


def test_token_signed_with_a_shared_secret_is_refused_though_the_provider_lists_it() -> None:
    assert reason_of(signed(claims(), SHARED, alg="HS256"), SHARED) == "id-token-algorithm"


def test_unknown_key_is_looked_for_once_more() -> None:
    asked: list[bool] = []

    def keys(fresh: bool) -> KeySet:
        asked.append(fresh)
        return KeySet([KEY if fresh else RSAKey.import_key({**KEY.as_dict(private=False), "kid": "old"})])

    read_id_token(signed(claims()), issuer=ISSUER, client_id=CLIENT, nonce=NONCE, access_token=None, keys=keys)
    assert asked == [False, True]
