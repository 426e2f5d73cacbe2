"""What a provider publishes of itself: its addresses and its public keys, kept for some minutes by each process."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

from doorsync.hub.providers.bounded_transport import BoundedTransport, check_scheme
from doorsync.hub.providers.errors import NotAProvider, ProviderUnreachable

WELL_KNOWN = "/.well-known/openid-configuration"
KEPT_FOR = 600.0  # seconds
QUIET_FOR = 10.0  # after a failure nobody is asked again for so long
KEYS_OLDER = 30.0  # keys are fetched anew for an unknown one, but not more often than this
AT_MOST = 1000  # documents of one process
MOST_KEYS = 50
Made = TypeVar("Made")


class Metadata(BaseModel):
    """The part of a provider's document that we use. All addresses are of TLS."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    value: Any  # or the error that came of it


_kept: dict[Hashable, _Kept] = {}


def metadata_of(issuer: str, *, fresh: bool = False) -> Metadata:
    """What the provider with this issuer address says of itself; `fresh`: now. Raises ProviderUnreachable or NotAProvider."""
    if fresh:
        _kept.pop(("metadata", issuer), None)
    return _remembered(("metadata", issuer), lambda: _read_metadata(issuer))


def keys_of(metadata: Metadata, *, fresh: bool = False) -> KeySet:
    """The provider's public keys; `fresh`: those that it has now. Raises ProviderUnreachable or NotAProvider."""
    name = ("keys", metadata.jwks_uri)
    kept = _kept.get(name)
    if fresh and kept and time.monotonic() - kept.at > KEYS_OLDER:
        _kept.pop(name, None)
    return _remembered(name, lambda: _read_keys(metadata.jwks_uri))


def forget() -> None:
    """Ask all providers anew."""
    _kept.clear()


def fetch_json(address: str, **headers: str) -> dict[str, Any]:
    """The JSON object at this address. Raises ProviderUnreachable or NotAProvider."""
    with httpx2.Client(transport=BoundedTransport(), follow_redirects=False, trust_env=False) as client:
        try:
            answer = client.get(address, headers={"Accept": "application/json", **headers})
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.CookieConflict) as error:
            raise NotAProvider from error
    if answer.status_code != httpx2.codes.OK:
        raise NotAProvider
    try:
        found = answer.json()
    except (ValueError, RecursionError) as error:
        raise NotAProvider from error
    if not isinstance(found, dict):
        raise NotAProvider
    return found


def _remembered(name: Hashable, make: Callable[[], Made]) -> Made:
    kept, now = _kept.get(name), time.monotonic()
    if kept is None or now - kept.at > (QUIET_FOR if isinstance(kept.value, Exception) else KEPT_FOR):
        if len(_kept) >= AT_MOST:
            _kept.clear()
        kept = _kept[name] = _Kept(now, _tried(make))
    if isinstance(kept.value, Exception):
        raise type(kept.value)
    value: Made = kept.value
    return value


def _tried(make: Callable[[], Made]) -> Made | Exception:
    try:
        return make()
    except (ProviderUnreachable, NotAProvider) as error:
        return error


def _read_metadata(issuer: str) -> Metadata:
    """The issuer of the document must be the very one that was asked for: that is what ID tokens are held to."""
    found = fetch_json(issuer.rstrip("/") + WELL_KNOWN)
    try:
        metadata = Metadata.model_validate(found)
        for address in (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri):
            check_scheme(httpx2.URL(address))
    except (ValidationError, httpx2.InvalidURL) as error:
        raise NotAProvider from error
    if metadata.issuer != issuer:
        raise NotAProvider
    return metadata


def _read_keys(address: str) -> KeySet:
    """The public keys for signatures; those of kinds that nobody here knows are left out."""
    listed = fetch_json(address).get("keys")
    found = []
    for each in (listed if isinstance(listed, list) else [])[:MOST_KEYS]:
        if isinstance(each, dict) and each.get("kty") in ("RSA", "EC") and each.get("use", "sig") == "sig" and "d" not in each:
            with suppress(JoseError, ValueError, TypeError, KeyError):
                found.append(JWKRegistry.import_key(each))
    if not found:
        raise NotAProvider
    return KeySet(found)
