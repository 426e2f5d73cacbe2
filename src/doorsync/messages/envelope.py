"""Signing and sealing. One way to write each message, and every other spelling of the same bytes is refused.

The limits of the JOSE library are set to ours: its own would refuse a message of some 280 people.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, TypeVar

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ValidationError

from doorsync.messages import compact
from doorsync.messages.errors import BadSignature, Downgraded, Malformed, TooLarge, TooNew, UnknownKey, Unsealed
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.schemas import VERSION, Enrolled, Enrolment, Message
from doorsync.messages.sizes import LIMIT, PAYLOAD

__all__ = ["LIMIT", "OLDEST", "fingerprint", "introduced", "seal", "sign", "unseal", "verify"]

SIGN = "Ed25519"
SEAL = {"alg": "ECDH-ES", "enc": "A256GCM"}
OLDEST = 2  # the oldest version that is still accepted


class _Signing(jws.JWSRegistry):
    max_payload_length = LIMIT  # letters; `sign` and `_read` count the bytes


class _Sealing(jwe.JWERegistry):
    max_ciphertext_length = LIMIT


SIGNING = _Signing(algorithms=[SIGN])
SEALING = _Sealing(algorithms=list(SEAL.values()))

M = TypeVar("M", bound=Message)
Introduction = TypeVar("Introduction", Enrolment, Enrolled)
B = TypeVar("B", bound=BaseModel)


class _Version(BaseModel):
    v: int  # whatever else is in the message


def sign(message: Message, key: OKPKey) -> str:
    """A compact JWS; its header names the type of the message and the key. Raises TooLarge rather than send what nobody takes."""
    typ: str = message.typ  # type: ignore[attr-defined]  # each message has one
    payload = message.dumped()
    if len(payload) > PAYLOAD:
        raise TooLarge(f"This {typ} has {len(payload):,} bytes; a message may have {PAYLOAD:,}.")
    return jws.serialize_compact({"alg": SIGN, "typ": typ, "kid": key.thumbprint()}, payload, key, registry=SIGNING)


def verify(text: str, shape: type[M], key: OKPKey) -> M:
    """The message, if it is of this shape, in a version we take, and signed with just this key."""
    payload, typ = _signed(text, key)
    return _read(payload, shape, typ)


def _signed(text: str, key: OKPKey) -> tuple[bytes, object]:
    header = compact.header(compact.split(text, parts=3)[0], {"alg", "typ", "kid"})
    if header["alg"] != SIGN:
        raise Downgraded
    if header["kid"] != key.thumbprint():
        raise UnknownKey
    try:
        token = jws.deserialize_compact(text, key, registry=SIGNING)
    except (JoseError, ValueError) as error:
        raise BadSignature from error
    return token.payload, header["typ"]


def introduced(text: str, shape: type[Introduction]) -> Introduction:
    """A message that brings the key it is signed with: it proves that its sender holds that key, and nothing else."""
    claimed = _validated(compact.payload(text), shape)
    try:
        keys = PublicKeys.load(claimed.keys)
    except ValueError as error:
        raise Malformed from error
    return verify(text, shape, keys.sign)


def seal(message: Message, mine: KeyPairs, theirs: PublicKeys) -> str:
    """Signed by me, then sealed to them: a compact JWE. Raises TooLarge."""
    header = {**SEAL, "kid": theirs.seal.thumbprint()}
    return jwe.encrypt_compact(header, sign(message, mine.sign).encode(), theirs.seal, registry=SEALING)


def unseal(text: str, shape: type[M], mine: KeyPairs, theirs: PublicKeys) -> M:
    """The message that they signed and sealed to me. Raises a MessageRefused that says what is wrong with it."""
    return verify(_opened(text, mine), shape, theirs.sign)


def answering(text: str, shape: type[B], mine: KeyPairs, theirs: PublicKeys) -> B:
    """What can be read of a message that they signed and sealed to me, whatever its type, version and other fields."""
    return _validated(_signed(_opened(text, mine), theirs.sign)[0], shape)


def _opened(text: str, mine: KeyPairs) -> str:
    header = compact.header(compact.split(text, parts=5)[0], {*SEAL, "kid", "epk"})
    if any(header[name] != value for name, value in SEAL.items()):
        raise Downgraded
    if header["kid"] != mine.seal.thumbprint():
        raise Unsealed
    try:
        inner = jwe.decrypt_compact(text, mine.seal, registry=SEALING).plaintext
    except Exception as error:  # joserfc lets errors of the cryptography library through
        raise Unsealed from error
    return (inner or b"").decode("ascii", errors="replace")


def fingerprint(text: str) -> str:
    """SHA-256 of a sealed batch, by which the batches of a terminal are chained."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def _read(payload: bytes, shape: type[M], typ: object) -> M:
    """Check the version first, because a message of another version may have another shape."""
    if len(payload) > PAYLOAD:
        raise TooLarge
    version = _validated(payload, _Version).v
    if version < OLDEST:
        raise Downgraded
    if version > VERSION:
        raise TooNew
    if typ != shape.model_fields["typ"].default or not _names_things_once(payload):
        raise Malformed
    message = _validated(payload, shape)
    if not {"v", "typ"} <= message.model_fields_set:
        raise Malformed
    return message


def _names_things_once(payload: bytes) -> bool:
    """Two values under one name: readers would take one or the other, and the signature covers both."""

    def once(pairs: list[tuple[str, Any]]) -> None:
        if len(dict(pairs)) != len(pairs):
            raise ValueError

    try:
        json.loads(payload, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return False
    return True


def _validated(payload: bytes, shape: type[B]) -> B:
    try:
        return shape.model_validate_json(payload, strict=True)
    except ValidationError:
        raise Malformed from None  # it quotes what it was given, and PINs must not ride along into a log
