"""Signing and sealing. One way to write each message, and every other spelling of the same bytes is refused."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import TypeVar

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from doorsync.messages.errors import BadSignature, Downgraded, Malformed, TooLarge, UnknownKey, Unsealed
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.shapes import VERSION, Message

SIGN = ["Ed25519"]
SEAL = ["ECDH-ES", "A256GCM"]
LIMIT = 8 * 1024 * 1024  # bytes of a message on the wire
OLDEST = 1  # the oldest version that is still accepted

M = TypeVar("M", bound=Message)


def sign(message: Message, key: OKPKey) -> str:
    """A compact JWS; its header names the type of the message and the key."""
    header = {"alg": "Ed25519", "typ": message.typ, "kid": key.thumbprint()}  # type: ignore[attr-defined]  # each message has one
    return jws.serialize_compact(header, message.model_dump_json().encode(), key, algorithms=SIGN)


def verify(text: str, shape: type[M], key: OKPKey) -> M:
    """The message, if it is of this shape, in a version we take, and signed with just this key."""
    _plain(text, parts=3)
    try:
        header = jws.extract_compact(text.encode()).headers()
    except (JoseError, ValueError) as error:
        raise Malformed from error
    if header.get("kid") != key.thumbprint():
        raise UnknownKey
    try:
        token = jws.deserialize_compact(text, key, algorithms=SIGN)
    except (JoseError, ValueError) as error:
        raise BadSignature from error
    return _read(token.payload, shape, header.get("typ"))


def seal(message: Message, mine: KeyPairs, theirs: PublicKeys) -> str:
    """Signed by me, then sealed to them: a compact JWE."""
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": theirs.seal.thumbprint()}
    return jwe.encrypt_compact(header, sign(message, mine.sign).encode(), theirs.seal, algorithms=SEAL)


def unseal(text: str, shape: type[M], mine: KeyPairs, theirs: PublicKeys) -> M:
    """The message that they signed and sealed to me. Raises a MessageRefused that says what is wrong with it."""
    _plain(text, parts=5)
    try:
        inner = jwe.decrypt_compact(text, mine.seal, algorithms=SEAL).plaintext
    except Exception as error:  # joserfc lets errors of the cryptography library through
        raise Unsealed from error
    return verify((inner or b"").decode("ascii", errors="replace"), shape, theirs.sign)


def fingerprint(text: str) -> str:
    """SHA-256 of a sealed batch: the link of a terminal's chain."""
    return sha256(text.encode()).hexdigest()


def _plain(text: str, *, parts: int) -> None:
    """Base64 leaves spare bits in its last letter: only the spelling with zero bits is ours, so no byte can be changed."""
    if len(text) > LIMIT:
        raise TooLarge
    pieces = text.split(".")
    if len(pieces) != parts or not all(re.fullmatch(r"[A-Za-z0-9_-]*", piece) for piece in pieces):
        raise Malformed
    for piece in pieces:
        tail = piece[-(len(piece) % 4) :] if len(piece) % 4 else ""
        if len(tail) == 1 or (tail and _spelt(tail) != tail):
            raise Malformed


def _spelt(tail: str) -> str:
    return urlsafe_b64encode(urlsafe_b64decode(tail + "=" * (4 - len(tail)))).decode().rstrip("=")


def _read(payload: bytes, shape: type[M], typ: object) -> M:
    try:
        version = Message.model_validate_json(payload, extra="ignore").v
    except ValidationError as error:
        raise Malformed from error
    if version < OLDEST:
        raise Downgraded
    if version > VERSION or typ != shape.model_fields["typ"].default:
        raise Malformed
    try:
        return shape.model_validate_json(payload)
    except ValidationError as error:
        raise Malformed from error
