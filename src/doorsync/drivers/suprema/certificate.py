"""Pins a gateway by the SHA-256 of its self-signed certificate, which a person has compared."""

from __future__ import annotations

import hmac
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from doorsync.drivers.contract import TerminalError
from doorsync.drivers.suprema.address import DeviceAddress

CERTIFICATE = "certificate"  # the code of what is wrong with it


@dataclass(frozen=True, slots=True)
class PinnedCertificate:
    """The certificate in PEM, and a name that stands in it, which is seldom the address at which the gateway is reached."""

    pem: bytes
    name: str


def pinned_certificate(where: DeviceAddress, fingerprint: str, timeout: float) -> PinnedCertificate:
    """The certificate that the gateway shows, if it is the one with this fingerprint and still valid. Raises TerminalError."""
    certificate = _read(where, timeout)
    shown = certificate.fingerprint(SHA256())
    if not fingerprint:
        raise _wrong(f"The gateway shows a certificate with the fingerprint {spelt(shown)}: compare it, and set it here.")
    if not hmac.compare_digest(shown.hex(), fingerprint.replace(":", "").strip().lower()):
        raise _wrong(f"The gateway shows another certificate than the one that is set: {spelt(shown)}.")
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise _wrong(f"The certificate of the gateway expired on {certificate.not_valid_after_utc:%Y-%m-%d}.")
    if certificate.not_valid_before_utc > datetime.now(UTC):
        raise _wrong(f"The certificate of the gateway is valid from {certificate.not_valid_before_utc:%Y-%m-%d} only.")
    return PinnedCertificate(certificate.public_bytes(Encoding.PEM), _name_in(certificate))


def spelt(fingerprint: bytes) -> str:
    """As openssl prints it."""
    return fingerprint.hex(":").upper()


def _read(where: DeviceAddress, timeout: float) -> x509.Certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # only looked at here; gRPC connects to nobody else than this certificate's owner
    context.set_alpn_protocols(["h2"])
    try:
        with (
            socket.create_connection((where.host, where.port), timeout) as plain,
            context.wrap_socket(plain, server_hostname=where.host) as secure,
        ):
            return x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError) as error:
        raise TerminalError("The gateway cannot be reached.", permanent=False) from error


def _name_in(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    except x509.ExtensionNotFound:
        found = [str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if not found:
        raise _wrong("The certificate of the gateway names nobody.")
    return found[0]


def _wrong(text: str) -> TerminalError:
    return TerminalError(text, permanent=False, code=CERTIFICATE)
