"""Network addresses as people write them: host and port, each in one spelling. No look-ups: names stay names."""

from __future__ import annotations

import re
import socket
import unicodedata
from ipaddress import IPv6Address, ip_address

DOTTED = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})")
NUMERIC = re.compile(r"[0-9a-fx.]+")  # what the resolver may take for numbers: 10.9, 167772169, 0xa.0.0.9
PORT = re.compile(r"0*[0-9]{1,5}")
NOT_IN_HOSTS = re.compile(r"[\s/?#@\[\]\\]")


def host_and_port(address: str, default_port: int) -> tuple[str, int]:
    """Of HOST or HOST:PORT, as a socket takes them. Raises ValueError."""
    host, port = split_port("".join(address.split()).lower())
    name = plain_host(host).strip("[]")
    if not name or NOT_IN_HOSTS.search(name) or (":" in name and not _is_ipv6(name)):
        raise ValueError("host")
    port = default_port if port is None else port
    if not 0 < port < 65536:
        raise ValueError("port")
    return name, port


def split_port(text: str) -> tuple[str, int | None]:
    """What stands before the port, and the port. IPv6 without brackets is read with a port where that is possible."""
    before, colon, port = text.rpartition(":")
    if not colon or (":" in before and not before.endswith("]") and not _is_ipv6(before)):
        return text, None
    if port and not PORT.fullmatch(port):
        return text, None
    return before, int(port) if port else None


def plain_host(host: str) -> str:
    """A host in one spelling: numbers are decimal, IPv6 stands in brackets, and a name is in small letters and ASCII."""
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    if found := DOTTED.fullmatch(host):
        return ".".join(str(int(number)) for number in found.groups())
    if NUMERIC.fullmatch(host):
        return _number(host)
    try:
        ip = ip_address(host.strip("[]"))
    except ValueError:
        return _in_ascii(host)
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return str(mapped) if mapped else f"[{ip}]"


def _number(host: str) -> str:
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host


def _in_ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text.strip("[]"))
    except ValueError:
        return False
    return True
