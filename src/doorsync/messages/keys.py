"""Key pairs of hub and agent: Ed25519 to sign, X25519 to open what is sealed to their owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from joserfc.jwk import OKPKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeys:
    """What the other side pins at enrolment."""

    sign: OKPKey
    seal: OKPKey

    @classmethod
    def load(cls, data: dict[str, Any]) -> PublicKeys:
        """From `as_dict`. Raises ValueError when a key is missing or of another kind."""
        try:
            pair = cls(sign=OKPKey.import_key(data["sign"]), seal=OKPKey.import_key(data["seal"]))
        except Exception as error:
            raise ValueError("These are no Doorsync keys.") from error
        if (pair.sign.curve_name, pair.seal.curve_name) != ("Ed25519", "X25519"):
            raise ValueError("These are no Doorsync keys.")
        return pair

    def as_dict(self) -> dict[str, Any]:
        """JSON Web Keys, public parts only."""
        return {"sign": self.sign.as_dict(private=False), "seal": self.seal.as_dict(private=False)}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPairs:
    """What stays with its owner."""

    sign: OKPKey
    seal: OKPKey

    @classmethod
    def generate(cls) -> KeyPairs:
        """Fresh keys from the system's random source."""
        return cls(sign=OKPKey.generate_key("Ed25519"), seal=OKPKey.generate_key("X25519"))

    @classmethod
    def load(cls, data: dict[str, Any]) -> KeyPairs:
        """From `as_dict`."""
        return cls(sign=OKPKey.import_key(data["sign"]), seal=OKPKey.import_key(data["seal"]))

    def as_dict(self) -> dict[str, Any]:
        """JSON Web Keys with their private parts: for a file with mode 600 only."""
        return {"sign": self.sign.as_dict(private=True), "seal": self.seal.as_dict(private=True)}

    @property
    def public(self) -> PublicKeys:
        """The halves that may be shown."""
        return PublicKeys(sign=self.sign, seal=self.seal)
