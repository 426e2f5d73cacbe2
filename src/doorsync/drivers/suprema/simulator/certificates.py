"""Certificates for a simulated gateway, made anew each time, as a real one makes its own."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class GatewayCertificate:
    """In PEM: the key, the certificate and the one of the authority that signed it; and the fingerprint as openssl prints it."""

    key: bytes
    certificate: bytes
    authority: bytes
    fingerprint: str


def make_certificate(ends: timedelta = WEEK) -> GatewayCertificate:
    """A certificate for loopback that ends so long from now, or that long ago."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _signed("Simulated authority", "Simulated authority", authority_key, authority_key, WEEK)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed("Simulated gateway", "Simulated authority", key, authority_key, ends)
    return GatewayCertificate(
        key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate=certificate.public_bytes(Encoding.PEM),
        authority=authority.public_bytes(Encoding.PEM),
        fingerprint=certificate.fingerprint(SHA256()).hex(":").upper(),
    )


def _signed(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, ends: timedelta
) -> x509.Certificate:
    now = datetime.now(UTC)
    subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(by).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - 2 * WEEK).not_valid_after(now + ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return builder.add_extension(names, critical=False).sign(signer, SHA256())
