"""Signing and sealing. One way to write each message, and every other spelling of the same bytes is refused."""

from __future__ import annotations

from hashlib import sha256
from typing import TypeVar

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ValidationError

from doorsync.messages import compact
from doorsync.messages.compact import LIMIT
from doorsync.messages.errors import BadSignature, Downgraded, Malformed, UnknownKey, Unsealed
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.shapes import VERSION, Enrolled, Enrolment, Message

__all__ = ["LIMIT", "OLDEST", "fingerprint", "introduced", "seal", "sign", "unseal", "verify"]

SIGN = "Ed25519"
SEAL = {"alg": "ECDH-ES", "enc": "A256GCM"}
OLDEST = 1  # the oldest version that is still accepted

M = TypeVar("M", bound=Message)
Introduction = TypeVar("Introduction", Enrolment, Enrolled)
B = TypeVar("B", bound=BaseModel)


class _Version(BaseModel):
    v: int  # whatever else is in the message


def sign(message: Message, key: OKPKey) -> str:
    """A compact JWS; its header names the type of the message and the key."""
    header = {"alg": SIGN, "typ": message.typ, "kid": key.thumbprint()}  # type: ignore[attr-defined]  # each message has one
    return jws.serialize_compact(header, message.model_dump_json().encode(), key, algorithms=[SIGN])


def verify(text: str, shape: type[M], key: OKPKey) -> M:
    """The message, if it is of this shape, in a version we take, and signed with just this key."""
    header = compact.header(compact.split(text, parts=3)[0], {"alg", "typ", "kid"})
    if header["alg"] != SIGN:
        raise Downgraded
    if header["kid"] != key.thumbprint():
        raise UnknownKey
    try:
        token = jws.deserialize_compact(text, key, algorithms=[SIGN])
    except (JoseError, ValueError) as error:
        raise BadSignature from error
    return _read(token.payload, shape, header["typ"])


def introduced(text: str, shape: type[Introduction]) -> Introduction:
    """A message that brings the key it is signed with: it proves that its sender holds that key, and nothing else."""
    claimed = _validated(compact.payload(text), shape)
    try:
        keys = PublicKeys.load(claimed.keys)
    except ValueError as error:
        raise Malformed from error
    return verify(text, shape, keys.sign)


def seal(message: Message, mine: KeyPairs, theirs: PublicKeys) -> str:
    """Signed by me, then sealed to them: a compact JWE."""
    header = {**SEAL, "kid": theirs.seal.thumbprint()}
    return jwe.encrypt_compact(header, sign(message, mine.sign).encode(), theirs.seal, algorithms=list(SEAL.values()))


def unseal(text: str, shape: type[M], mine: KeyPairs, theirs: PublicKeys) -> M:
    """The message that they signed and sealed to me. Raises a MessageRefused that says what is wrong with it."""
    header = compact.header(compact.split(text, parts=5)[0], {*SEAL, "kid", "epk"})
    if any(header[name] != value for name, value in SEAL.items()):
        raise Downgraded
    if header["kid"] != mine.seal.thumbprint():
        raise Unsealed
    try:
        inner = jwe.decrypt_compact(text, mine.seal, algorithms=list(SEAL.values())).plaintext
    except Exception as error:  # joserfc lets errors of the cryptography library through
        raise Unsealed from error
    return verify((inner or b"").decode("ascii", errors="replace"), shape, theirs.sign)


def fingerprint(text: str) -> str:
    """SHA-256 of a sealed batch: the link of a terminal's chain."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def _read(payload: bytes, shape: type[M], typ: object) -> M:
    """The version comes first: an older message may have another shape, and is refused for its age."""
    version = _validated(payload, _Version).v
    if version < OLDEST:
        raise Downgraded
    if version > VERSION or typ != shape.model_fields["typ"].default:
        raise Malformed
    message = _validated(payload, shape)
    if not {"v", "typ"} <= message.model_fields_set:
        raise Malformed
    return message


def _validated(payload: bytes, shape: type[B]) -> B:
    try:
        return shape.model_validate_json(payload, strict=True)
    except ValidationError:
        raise Malformed from None  # it quotes what it was given, and PINs must not ride along into a log
