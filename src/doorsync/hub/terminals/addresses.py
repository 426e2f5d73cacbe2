"""Addresses of terminals in one spelling, so that two spellings of one are seen to be one. No look-ups: names stay names."""

from __future__ import annotations

import re
from ipaddress import ip_address

PORT = re.compile(r"(?P<before>.*):0*(?P<port>[0-9]{1,5})(?P<after>/.*)?", re.DOTALL)
DOTTED = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})")


def canonical_address(address: str) -> str:
    """`192.168.1.20:4370` for ` 192.168.001.020:04370 `; also without case, spaces, and other spellings of IPv6 addresses."""
    text = "".join(address.split()).lower()
    scheme, sign, rest = text.partition("://")
    if not sign:
        scheme, rest = "", text
    head, hash_sign, part = rest.partition("#")
    if found := PORT.fullmatch(head):
        head = f"{_host(found['before'])}:{int(found['port'])}{(found['after'] or '').rstrip('/')}"
    else:
        head = _host(head.rstrip("/"))
    return f"{scheme}{sign}{head}{hash_sign}{part}"[:200]


def shown_address(address: str) -> str:
    """Without what may be a device's password, before an @ in the address."""
    scheme, sign, rest = address.partition("://")
    return f"{scheme}{sign}{rest.rpartition('@')[2]}" if sign else address.rpartition("@")[2]


def _host(host: str) -> str:
    host = host.removesuffix(".")
    if found := DOTTED.fullmatch(host):
        return ".".join(str(int(number)) for number in found.groups())
    if host == "localhost":
        return "127.0.0.1"
    try:
        ip = ip_address(host.strip("[]"))
    except ValueError:
        return host
    mapped = ip.ipv4_mapped if ip.version == 6 else None
    return str(mapped) if mapped else f"[{ip}]" if ip.version == 6 else str(ip)
