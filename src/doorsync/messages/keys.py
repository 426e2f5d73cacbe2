"""Key pairs of hub and agent: Ed25519 to sign, X25519 to open what is sealed to their owner."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, cast

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from joserfc.jwk import OKPKey

SIGN: Literal["Ed25519"] = "Ed25519"
SEAL: Literal["X25519"] = "X25519"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
PART, PARTS = 5, 4
LOOKALIKES = str.maketrans("ILO", "110", " -\t\r\n")


def spelt(letters: str) -> str:
    """Twenty letters as people see them: 7K2QM-0H5XN-T9B4C-W8D3E."""
    return "-".join(letters[start : start + PART] for start in range(0, len(letters), PART))


def typed(text: str) -> str:
    """A code or fingerprint as somebody typed it, in the one spelling; empty when it can be none."""
    letters = text.upper().translate(LOOKALIKES)
    return spelt(letters) if len(letters) == PART * PARTS and set(letters) <= set(LETTERS) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeys:
    """Public keys, which the other side pins at enrolment."""

    sign: OKPKey
    seal: OKPKey

    @classmethod
    def load(cls, data: dict[str, Any]) -> PublicKeys:
        """From `as_dict`. Raises ValueError when a key is missing, of another kind, private or unfit to seal to."""
        sign, seal = _key(data, "sign", SIGN, private=False), _key(data, "seal", SEAL, private=False)
        _fit_to_seal(seal)
        return cls(sign=sign, seal=seal)

    def as_dict(self) -> dict[str, Any]:
        """JSON Web Keys, public parts only."""
        return {"sign": self.sign.as_dict(private=False), "seal": self.seal.as_dict(private=False)}

    def fingerprint(self) -> str:
        """Both keys in 20 letters that a person can compare or type: 100 bits of a hash, like 7K2QM-0H5XN-T9B4C-W8D3E."""
        both = f"{self.sign.thumbprint()}.{self.seal.thumbprint()}"
        number = int.from_bytes(sha256(both.encode()).digest(), "big") >> (256 - 5 * PART * PARTS)
        return spelt("".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(PART * PARTS))))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPairs:
    """Private key pairs, which stay with their owner."""

    sign: OKPKey
    seal: OKPKey

    @classmethod
    def generate(cls) -> KeyPairs:
        """Fresh keys from the system's random source."""
        return cls(sign=OKPKey.generate_key(SIGN), seal=OKPKey.generate_key(SEAL))

    @classmethod
    def load(cls, data: dict[str, Any]) -> KeyPairs:
        """From `as_dict`. Raises ValueError when a key is missing, of another kind or without its private part."""
        return cls(sign=_key(data, "sign", SIGN, private=True), seal=_key(data, "seal", SEAL, private=True))

    def as_dict(self) -> dict[str, Any]:
        """JSON Web Keys with their private parts: for a file with mode 600 only."""
        return {"sign": self.sign.as_dict(private=True), "seal": self.seal.as_dict(private=True)}

    @property
    def public(self) -> PublicKeys:
        """The halves that may be shown; the private parts are not in them."""
        public = {name: key.as_dict(private=False) for name, key in (("sign", self.sign), ("seal", self.seal))}
        return PublicKeys.load(public)


def _key(data: dict[str, Any], name: str, curve: str, *, private: bool) -> OKPKey:
    try:
        key = OKPKey.import_key(data[name])
    except Exception:  # noqa: BLE001 - whatever is wrong with it; the cause would quote a private key
        raise ValueError("These are no Doorsync keys.") from None
    if key.curve_name != curve or key.is_private is not private:
        raise ValueError("These are no Doorsync keys.")
    return key


def _fit_to_seal(key: OKPKey) -> None:
    """A point of low order gives everybody the same secret; cryptography refuses it at the exchange."""
    try:
        X25519PrivateKey.generate().exchange(cast("X25519PublicKey", key.public_key))
    except ValueError as error:
        raise ValueError("These are no Doorsync keys.") from error
