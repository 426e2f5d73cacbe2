"""The hub as WebAuthn's relying party: the origin that passkeys are made and used under, and what is asked of browsers.

It comes from the settings alone, never from a request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from doorsync.hub.settings.config import config

NAME = "Doorsync"
MILLISECONDS = 5 * 60 * 1000  # that browsers leave people
LONGEST = 20_000  # characters of an answer; with the longest id and an attestation it stays below
VERIFIED = UserVerificationRequirement.REQUIRED
# What fido2 and the libraries under it raise for an answer that is not in its form, or does not hold.
FAULTS = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError, AssertionError)


def passkey_origin() -> str:
    """The origin that passkeys work under; empty where browsers allow none: without TLS, or without a name."""
    return next(filter(_allowed, config().origins), "")


def creation_options(challenge: bytes, *, handle: bytes, name: str, others: Sequence[AttestedCredentialData]) -> dict[str, Any]:
    """What a browser is told to make a passkey with, as JSON. `others` are those that the person has already."""
    options, _ = _server().register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=name, display_name=name),
        others,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
        challenge=challenge,
    )
    return dict(options.public_key)


def request_options(challenge: bytes, allowed: Iterable[AttestedCredentialData] = ()) -> dict[str, Any]:
    """What a browser is told to ask for a passkey with, as JSON: one of `allowed`, or any that it has for this hub."""
    options, _ = _server().authenticate_begin(list(allowed) or None, user_verification=VERIFIED, challenge=challenge)
    return dict(options.public_key)


def read_creation(answer: str) -> RegistrationResponse:
    """What a browser sent of a passkey that it made. Raises one of FAULTS."""
    return RegistrationResponse.from_dict(_parsed(answer))


def read_assertion(answer: str) -> AuthenticationResponse:
    """What a browser sent of a passkey that was used. Raises one of FAULTS."""
    return AuthenticationResponse.from_dict(_parsed(answer))


def check_creation(challenge: bytes, answer: RegistrationResponse) -> AuthenticatorData:
    """The new passkey, if it was made for this challenge and hub by somebody who was verified. Raises one of FAULTS."""
    _check_own_page(answer.response.client_data.cross_origin)
    made = _server().register_complete(_state(challenge), answer)
    if made.credential_data is None or made.credential_data.public_key.get(3) not in _algorithms():
        raise ValueError("It signs in a way that was not asked for.")
    return made


def check_assertion(challenge: bytes, passkey: AttestedCredentialData, answer: AuthenticationResponse) -> int:
    """The passkey's count of uses, if it signed this challenge for this hub with somebody verified. Raises one of FAULTS."""
    _check_own_page(answer.response.client_data.cross_origin)
    _server().authenticate_complete(_state(challenge), [passkey], answer)
    return answer.response.authenticator_data.counter


def _server() -> Fido2Server:
    origin = passkey_origin()
    entity = PublicKeyCredentialRpEntity(name=NAME, id=urlsplit(origin).hostname or "none.invalid")
    server = Fido2Server(entity, verify_origin=lambda given: given == origin)
    server.timeout = MILLISECONDS  # type: ignore[assignment]  # fido2 sets None, and hands on a number
    return server


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": VERIFIED}  # as its own `_begin` methods write it


def _algorithms() -> set[int]:
    return {each.alg for each in _server().allowed_algorithms}


def _check_own_page(cross_origin: object) -> None:
    """The pages that use passkeys are never framed."""
    if cross_origin:
        raise ValueError("It was used in a frame of another site.")


def _parsed(answer: str) -> dict[str, Any]:
    found = json.loads(answer) if len(answer) <= LONGEST else None
    if not isinstance(found, dict):
        raise TypeError("An answer is a JSON object.")
    return found


def _allowed(origin: str) -> bool:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    return host == "localhost" or (parts.scheme == "https" and not _is_address(host))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
