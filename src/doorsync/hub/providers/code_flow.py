"""The authorization code flow with PKCE, state and nonce: where the browser is sent, and what its answer is worth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from django.utils.crypto import constant_time_compare

from doorsync.hub.providers.attempts import Attempt
from doorsync.hub.providers.bounded_transport import BoundedTransport
from doorsync.hub.providers.discovery import Metadata, fetch_json, keys_of, metadata_of
from doorsync.hub.providers.errors import NotAProvider, ProviderUnreachable, SignInRefused
from doorsync.hub.providers.id_tokens import read_id_token
from doorsync.hub.providers.models import Claim, Provider
from doorsync.hub.providers.provider_secrets import open_secret

SCOPE = "openid email profile"
IN_THE_FORM = "client_secret_post"  # how most providers take the secret
ERROR = re.compile(r"[a-z_]{1,40}")
LONGEST_CODE = 4096


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProvenAccount:
    """An account at the provider whose owner is in this browser."""

    subject: str
    claims: Mapping[str, Any] = field(repr=False)


def authorization_address(provider: Provider, attempt: Attempt, answer_address: str) -> str:
    """Where the browser signs in. Raises ProviderUnreachable or NotAProvider."""
    metadata = metadata_of(provider.issuer)
    more = {"hd": provider.domain} if provider.domain else {}
    with _client(provider, answer_address) as client:
        address, _state = client.create_authorization_url(
            metadata.authorization_endpoint,
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
            **more,
        )
    return str(address)


def finish_flow(provider: Provider, attempt: Attempt, answer: Mapping[str, str], answer_address: str) -> ProvenAccount:
    """The account that the provider vouches for. Raises SignInRefused with the reason."""
    if not constant_time_compare(answer.get("state", ""), attempt.state):
        raise SignInRefused("state")
    if fault := answer.get("error", ""):
        raise SignInRefused(f"provider-{fault}" if ERROR.fullmatch(fault) else "provider-error")
    try:
        metadata = metadata_of(provider.issuer)
        _check_issuer(metadata, answer.get("iss"))
        tokens = _fetched_tokens(provider, metadata, attempt, answer.get("code", ""), answer_address)
        claims = read_id_token(
            tokens.get("id_token"),
            issuer=provider.issuer,
            client_id=provider.client_id,
            nonce=attempt.nonce,
            access_token=tokens.get("access_token"),
            keys=lambda fresh: keys_of(metadata, fresh=fresh),
        )
        return ProvenAccount(subject=claims["sub"], claims=_all_claims(provider, metadata, claims, tokens))
    except ProviderUnreachable as error:
        raise SignInRefused("unreachable") from error
    except NotAProvider as error:
        raise SignInRefused("not-a-provider") from error


def _check_issuer(metadata: Metadata, said: str | None) -> None:
    """RFC 9207: the answer comes from the provider that was asked, and from no other."""
    needed = metadata.authorization_response_iss_parameter_supported
    if said != metadata.issuer if said is not None else needed:
        raise SignInRefused("issuer")


def _client(provider: Provider, answer_address: str) -> OAuth2Client:
    return OAuth2Client(
        client_id=provider.client_id,
        client_secret=open_secret(provider),
        token_endpoint_auth_method=IN_THE_FORM,
        scope=SCOPE,
        redirect_uri=answer_address,
        code_challenge_method="S256",
        transport=BoundedTransport(),
        trust_env=False,
        follow_redirects=False,
    )


def _fetched_tokens(
    provider: Provider, metadata: Metadata, attempt: Attempt, code: str, answer_address: str
) -> Mapping[str, object]:
    if not 1 <= len(code) <= LONGEST_CODE:
        raise SignInRefused("code")
    with _client(provider, answer_address) as client:
        try:
            tokens: Mapping[str, object] = client.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                auth=_basic_auth(provider, metadata),
            )
        except OAuthError as error:
            said = str(error.error)
            raise SignInRefused(f"token-{said}" if ERROR.fullmatch(said) else "token-error") from error
        except (httpx2.HTTPError, ValueError, TypeError, RecursionError) as error:
            raise SignInRefused("token-answer") from error
    return tokens


def _basic_auth(provider: Provider, metadata: Metadata) -> httpx2.BasicAuth | None:
    """For providers that take the secret in no other way. RFC 6749 wants both parts encoded as in a form; Authlib does not."""
    if IN_THE_FORM in metadata.token_endpoint_auth_methods_supported:
        return None
    return httpx2.BasicAuth(quote_plus(provider.client_id), quote_plus(open_secret(provider)))


def _all_claims(
    provider: Provider, metadata: Metadata, claims: dict[str, Any], tokens: Mapping[str, object]
) -> Mapping[str, Any]:
    """Those of the ID token; where it lacks part of the address by which accounts are known, all of that from userinfo."""
    bearer, needed = tokens.get("access_token"), (provider.claim, *(("email_verified",) if provider.claim == Claim.EMAIL else ()))
    if claims.keys() >= {*needed} or not metadata.userinfo_endpoint or not isinstance(bearer, str):
        return claims
    more = fetch_json(metadata.userinfo_endpoint, Authorization=f"Bearer {bearer}")
    if more.get("sub") != claims["sub"]:
        raise SignInRefused("userinfo-sub")
    return {**claims, **{name: more.get(name) for name in needed}}
