"""A device with passkeys, in software: it answers as browsers do, and lies where a test tells it to."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from doorsync.hub.administrators import passkey_challenges, passkeys, relying_party
from doorsync.hub.administrators.models import Administrator, Passkey
from doorsync.hub.audit.trail import Actor

FLAG = AuthenticatorData.FLAG
VERIFIED = FLAG.UP | FLAG.UV


@dataclass(kw_only=True)
class Device:
    """Holds one passkey. `uses` is what it counted; where `counts` is False it says 0 each time."""

    handle: bytes = b""
    counts: bool = True
    uses: int = 0
    origin: str = field(default_factory=relying_party.passkey_origin)
    rp_id: str = "localhost"
    flags: int = VERIFIED
    cross_origin: bool = False
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, challenge: bytes) -> str:
        """What the browser sends of the new passkey."""
        key = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]  # of fido2
        credential = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, key)
        data = AuthenticatorData.create(self._rp_hash, FLAG(self.flags | FLAG.AT), self._counted(), credential)
        client_data = self._client_data("webauthn.create", challenge)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(clientDataJSON=client_data, attestationObject=attestation)

    def use(self, challenge: bytes) -> str:
        """What the browser sends of its use."""
        data = AuthenticatorData.create(self._rp_hash, FLAG(self.flags), self._counted())
        client_data = self._client_data("webauthn.get", challenge)
        signature = self.key.sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))
        user = {"userHandle": self.handle} if self.handle else {}
        return self._answer(clientDataJSON=client_data, authenticatorData=data, signature=signature, **user)

    def _answer(self, **response: bytes) -> str:
        name = websafe_encode(self.credential_id)
        parts: dict[str, Any] = {key: websafe_encode(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts, "clientExtensionResults": {}})

    def _client_data(self, kind: str, challenge: bytes) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin, self.cross_origin)

    def _counted(self) -> int:
        self.uses += self.counts
        return self.uses if self.counts else 0

    @property
    def _rp_hash(self) -> bytes:
        return sha256(self.rp_id.encode()).digest()


def with_passkey(administrator: Administrator, name: str = "phone", **how: Any) -> tuple[Device, Passkey]:
    """Give them a passkey: the device that has it, and what the hub keeps."""
    device = Device(handle=passkeys.user_handle(administrator), **how)
    challenge, _ = passkey_challenges.new_challenge("make")
    actor = Actor(company_id=administrator.company_id, administrator_id=administrator.pk, via="sign-in")
    answer = device.make(challenge)
    kept = passkeys.add_passkey(administrator=administrator, name=name, challenge=challenge, answer=answer, actor=actor)
    return device, kept
