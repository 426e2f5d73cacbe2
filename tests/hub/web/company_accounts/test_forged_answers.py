"""A provider, or somebody in its place, that sends what nobody should believe: each way in is shut, and leaves its reason."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from doorsync.hub.administrators.models import Session
from doorsync.hub.audit.models import Entry
from doorsync.hub.providers import discovery
from doorsync.hub.providers.models import LinkedAccount
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.factories.lying_provider import KEY, LyingProvider, lying_provider
from tests.factories.openid_provider import CLIENT, SECRET
from tests.hub.web.company_accounts.conftest import ANSWER, PROVIDER, settings_with
from tests.hub.web.company_accounts.test_sign_in_views import begin, expect

REFUSED = "/sign-in/company/?refused=1"
STRANGER = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@pytest.fixture
def liar(owner: Desk) -> Iterator[LyingProvider]:
    """Which is bob's company's provider."""
    with lying_provider() as made:
        assert owner.send(PROVIDER, **settings_with(made.issuer)) == (303, "/settings/")
        expect(owner, "bob", "bob@gym.example")
        yield made


def claims_of(liar: LyingProvider, asked: dict[str, str], **other: Any) -> dict[str, Any]:
    """What an honest ID token says."""
    now = int(time.time())
    honest = {"iss": liar.issuer, "sub": "b-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
    mail = {"email": "bob@gym.example", "email_verified": True}
    return {name: value for name, value in {**honest, **mail, **other}.items() if value is not None}


def signed(claims: dict[str, Any], key: RSAKey | OctKey = KEY, **header: Any) -> str:
    header = {"alg": "RS256", "kid": "first", **header}
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def by_hand(claims: dict[str, Any], sign: Callable[[bytes], bytes], **header: Any) -> str:
    """What no library would sign."""
    text = b".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    return b".".join((text, _base64(sign(text)))).decode()


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _by_key(text: bytes) -> bytes:
    key: Any = KEY.private_key
    signature: bytes = key.sign(text, PKCS1v15(), SHA256())
    return signature


def _by_public_key(text: bytes) -> bytes:
    return hmac.digest(KEY.as_pem(private=False), text, "sha256")


def come_back(browser: Desk, liar: LyingProvider, token: Callable[[dict[str, str]], Any], **answer: str) -> str:
    """Begin, and come back with this ID token: where that leads."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begin(browser)).query).items()}
    liar.tokens = {"access_token": "an-access-token", "token_type": "Bearer", "id_token": token(asked)}
    given = {"code": "a-code", "state": asked["state"], **answer}
    done = browser.get(f"{ANSWER}?{urlencode(given)}")
    assert done.status_code == 303
    return str(done["Location"])


def reasons() -> list[str]:
    return [entry.subject["reason"] for entry in Entry.objects.filter(event="company-account.refused").order_by("number")]


def test_honest_token_signs_in_and_the_code_is_exchanged_with_its_verifier(club: Gym, liar: LyingProvider) -> None:
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked))).startswith("/sync/?s=")
    path, fields = liar.asked[-1] if liar.asked[-1][0] == "/token" else liar.asked[-2]
    assert path == "/token"
    verifier = fields.pop("code_verifier")
    assert len(verifier) == 43
    assert fields.pop("redirect_uri").endswith(ANSWER)
    assert fields == {"grant_type": "authorization_code", "code": "a-code", "client_id": CLIENT, "client_secret": SECRET}
    assert reasons() == []


def always(token: object) -> Callable[[LyingProvider, dict[str, str]], object]:
    return lambda _liar, _asked: token


FORGED: dict[str, tuple[str, Callable[[LyingProvider, dict[str, str]], Any]]] = {
    "no signature (alg none)": (
        "id-token-algorithm",
        lambda liar, asked: by_hand(claims_of(liar, asked), lambda _text: b"", alg="none"),
    ),
    "HS256 with the client secret": (
        "id-token-algorithm",
        lambda liar, asked: signed(claims_of(liar, asked), OctKey.import_key(SECRET), alg="HS256"),
    ),
    "HS256 with the public key": (
        "id-token-algorithm",
        lambda liar, asked: by_hand(claims_of(liar, asked), _by_public_key, alg="HS256", kid="first"),
    ),
    "the key of somebody else, under the same name": (
        "id-token-signature",
        lambda liar, asked: signed(claims_of(liar, asked), STRANGER),
    ),
    "a key that the provider does not have": (
        "id-token-key",
        lambda liar, asked: signed(claims_of(liar, asked), STRANGER, kid="second"),
    ),
    "another audience": ("id-token-aud", lambda liar, asked: signed(claims_of(liar, asked, aud="somebody-else"))),
    "no audience": ("id-token-aud", lambda liar, asked: signed(claims_of(liar, asked, aud=None))),
    "several audiences without azp": ("id-token-azp", lambda liar, asked: signed(claims_of(liar, asked, aud=[CLIENT, "other"]))),
    "azp of another client": (
        "id-token-azp",
        lambda liar, asked: signed(claims_of(liar, asked, aud=[CLIENT, "other"], azp="other")),
    ),
    "another issuer": ("id-token-iss", lambda liar, asked: signed(claims_of(liar, asked, iss="https://login.example.com"))),
    "expired": ("id-token-exp", lambda liar, asked: signed(claims_of(liar, asked, exp=int(time.time()) - 120))),
    "without an end": ("id-token-exp", lambda liar, asked: signed(claims_of(liar, asked, exp=None))),
    "issued in the future": ("id-token-iat", lambda liar, asked: signed(claims_of(liar, asked, iat=int(time.time()) + 600))),
    "not valid yet": ("id-token-nbf", lambda liar, asked: signed(claims_of(liar, asked, nbf=int(time.time()) + 600))),
    "another nonce": ("id-token-nonce", lambda liar, asked: signed(claims_of(liar, asked, nonce="of another sign-in"))),
    "no nonce": ("id-token-nonce", lambda liar, asked: signed(claims_of(liar, asked, nonce=None))),
    "the hash of another access token": ("id-token-at_hash", lambda liar, asked: signed(claims_of(liar, asked, at_hash="AAAA"))),
    "no subject": ("id-token-sub", lambda liar, asked: signed(claims_of(liar, asked, sub=None))),
    "an empty subject": ("id-token-sub", lambda liar, asked: signed(claims_of(liar, asked, sub=""))),
    "a subject that is no text": ("id-token-sub", lambda liar, asked: signed(claims_of(liar, asked, sub=7))),
    "a subject with a zero byte": ("id-token-sub", lambda liar, asked: signed(claims_of(liar, asked, sub="b\0-1"))),
    "no token at all": ("id-token-malformed", always("a.b.c")),
    "a header that we do not know and must": (
        "id-token-malformed",
        lambda liar, asked: by_hand(claims_of(liar, asked), _by_key, alg="RS256", kid="first", crit=["x"], x=1),
    ),
    "nothing": ("id-token-missing", always(None)),
    "no text": ("id-token-missing", always(["a"])),
    "too long": ("id-token-missing", always("a" * 20_000)),
    "an unverified address": ("unverified", lambda liar, asked: signed(claims_of(liar, asked, email_verified=False))),
    "an address that says nothing of being verified": (
        "unverified",
        lambda liar, asked: signed(claims_of(liar, asked, email_verified=None)),
    ),
    "verified as a text": ("unverified", lambda liar, asked: signed(claims_of(liar, asked, email_verified="true"))),
    "an address of nobody": ("no-account", lambda liar, asked: signed(claims_of(liar, asked, email="eve@gym.example"))),
    "an address with a zero byte": ("no-address", lambda liar, asked: signed(claims_of(liar, asked, email="bob@gym.example\0"))),
    "no address": ("no-address", lambda liar, asked: signed(claims_of(liar, asked, email=None))),
}


@pytest.mark.parametrize("forged", FORGED)
def test_forged_token_opens_nothing_and_links_nothing(club: Gym, liar: LyingProvider, forged: str) -> None:
    reason, token = FORGED[forged]
    bob = Desk()
    assert come_back(bob, liar, lambda asked: token(liar, asked)) == REFUSED
    assert reasons() == [reason]
    assert bob.get("/people/").status_code == 303
    assert not Session.objects.filter(administrator__username="bob").exists()
    assert LinkedAccount.objects.get().subject == ""


OTHER_ANSWERS: dict[str, tuple[str, dict[str, str]]] = {
    "the state of another sign-in": ("state", {"state": "another"}),
    "no state": ("state", {"state": ""}),
    "another provider's answer": ("issuer", {"iss": "https://login.example.com"}),
    "a refusal": ("provider-access_denied", {"error": "access_denied"}),
    "a refusal in words that nobody defined": ("provider-error", {"error": "<script>"}),
    "no code": ("code", {"code": ""}),
    "a code without end": ("code", {"code": "a" * 5000}),
}


@pytest.mark.parametrize("wrong", OTHER_ANSWERS)
def test_answer_that_is_not_of_this_sign_in_opens_nothing(club: Gym, liar: LyingProvider, wrong: str) -> None:
    reason, answer = OTHER_ANSWERS[wrong]
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked)), **answer) == REFUSED
    assert reasons() == [reason]
    assert liar.times("/token") == 0, "no code is shown to anybody then"


def test_issuer_in_the_answer_is_needed_where_the_provider_says_that_it_sends_it(club: Gym, liar: LyingProvider) -> None:
    liar.document["authorization_response_iss_parameter_supported"] = True
    discovery.forget()
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked))) == REFUSED
    assert reasons() == ["issuer"]
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked)), iss=liar.issuer).startswith("/sync/")


def test_provider_that_changes_its_keys_is_asked_for_them_again(
    club: Gym, liar: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked))).startswith("/sync/")
    new = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    liar.keys = [dict(new.as_dict(private=False))]
    monkeypatch.setattr(discovery, "KEYS_OLDER", 0.0)
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked), new, kid="second")).startswith("/sync/")
    assert liar.times("/keys") == 2
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked))) == REFUSED


def test_address_is_looked_up_in_userinfo_of_the_same_subject_only(club: Gym, liar: LyingProvider) -> None:
    liar.document["userinfo_endpoint"] = f"{liar.issuer}/me"
    discovery.forget()
    said = {"sub": "somebody-else", "email": "bob@gym.example", "email_verified": True}
    liar.says("/me", lambda: said)
    bare = {"email": None, "email_verified": None}
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked, **bare))) == REFUSED
    assert reasons() == ["userinfo-sub"]
    said["sub"] = "b-1"
    half = {"email": "bob@gym.example", "email_verified": None}
    said["email"] = "eve@gym.example"  # what one says of being verified is not taken for the address of the other
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked, **half))) == REFUSED
    assert reasons()[1:] == ["no-account"]
    said["email"] = "bob@gym.example"
    assert come_back(Desk(), liar, lambda asked: signed(claims_of(liar, asked, **bare))).startswith("/sync/")


TOKEN_ANSWERS = {
    "token-invalid_grant": (400, b'{"error": "invalid_grant", "error_description": "used"}'),
    "token-error": (400, b'{"error": {"a": 1}}'),
    "token-answer": (200, b"<html>"),
    "token-answer ": (500, b"{}"),
    "token-answer  ": (200, b"[" * 50_000),
    "id-token-missing": (200, b"{}"),
    "id-token-missing ": (302, b"{}"),
    "unreachable": (200, b"a" * 300_000),
}


@pytest.mark.parametrize("reason", TOKEN_ANSWERS)
def test_answer_of_the_token_endpoint_that_is_no_token_is_refused(club: Gym, liar: LyingProvider, reason: str) -> None:
    status, body = TOKEN_ANSWERS[reason]
    liar.paths["/token"] = lambda: (status, {"Location": "/elsewhere"}, body)
    assert come_back(Desk(), liar, lambda _asked: "") == REFUSED
    assert reasons() == [reason.strip()]
    assert liar.times("/elsewhere") == 0, "nobody is led on"
