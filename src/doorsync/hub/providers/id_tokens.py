"""Whether an ID token is what it has to be: signed by the provider's own key, for us, for this sign-in, and now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from doorsync.hub.providers.errors import SignInRefused

# What is signed with a secret that two know (HS256), or by nobody (none), is no proof; whatever the provider says it uses.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY = 60  # seconds that clocks may differ
LONGEST = 16 * 1024
SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")


def read_id_token(
    text: object, *, issuer: str, client_id: str, nonce: str, access_token: object, keys: Callable[[bool], KeySet]
) -> dict[str, Any]:
    """The claims of a token that holds. `keys`: the provider's, asked with True for those it has now. Raises SignInRefused."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise SignInRefused("id-token-missing")
    try:
        header, claims = _verified(text, keys)
        given = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
        options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
        checked = CodeIDToken(claims, header, options, given)
        checked.validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SignInRefused(_reason(error)) from error
    if not isinstance(checked["sub"], str) or not SUBJECT.fullmatch(checked["sub"]):
        raise SignInRefused("id-token-sub")
    return dict(checked)


def _verified(text: str, keys: Callable[[bool], KeySet]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims. A provider changes its keys now and then: an unknown one is looked for anew."""
    try:
        return _decoded(text, keys(False))
    except InvalidKeyIdError:
        return _decoded(text, keys(True))


def _decoded(text: str, keys: KeySet) -> tuple[dict[str, Any], dict[str, Any]]:
    token = jwt.decode(text, keys, registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False))
    return token.header, token.claims


def _reason(error: Exception) -> str:
    """A code for the audit: nothing of the token is in it but the name of a claim."""
    if isinstance(error, ExpiredTokenError):
        return "id-token-exp"
    if isinstance(error, ClaimError):
        claim: object = getattr(error, "claim", "")
        return f"id-token-{claim}" if claim in CodeIDToken.REGISTERED_CLAIMS else "id-token-claims"
    named: Mapping[type[Exception], str] = {
        BadSignatureError: "signature",
        InvalidKeyIdError: "key",
        UnsupportedAlgorithmError: "algorithm",
    }
    return f"id-token-{named.get(type(error), 'malformed')}"
