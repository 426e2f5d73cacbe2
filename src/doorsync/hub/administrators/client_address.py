"""Where a call comes from: the one address that no caller can make up, and the network that counts as one source."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.http import HttpRequest

from doorsync.hub.settings.config import config

LOCAL = "local"  # a Unix socket has no address
WITH_PORT = re.compile(r"\[(?P<six>[0-9A-Fa-f:.]+)\](?::\d{1,5})?|(?P<four>[0-9.]+):\d{1,5}", re.ASCII)


def caller_address(peer: str, forwarded: str) -> str:
    """The caller's address. `peer` holds the connection; `forwarded` is all of X-Forwarded-For, believed only from our proxies.

    Each proxy adds the address it was called from on the right. So the right-most one that is not itself a trusted
    proxy is the caller; whatever stands left of it may be invented. Some proxies add the port: it does not count.
    """
    hops = [peer, *reversed([_without_port(hop.strip()) for hop in forwarded.split(",")] if forwarded else [])]
    for hop, before in zip(hops, [*hops[1:], ""], strict=True):
        if not is_trusted(hop) or _parsed(before) is None:
            return hop or LOCAL
    return LOCAL


def caller_of(request: HttpRequest) -> str:
    """The caller's address of a Django request."""
    return caller_address(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def is_trusted(address: str) -> bool:
    """Whether this is one of the proxies whose X-Forwarded-For is believed."""
    ip = _parsed(address)
    networks = config().trusted_proxies
    return ip is not None and any(ip.version == network.version and ip in network for network in networks)


@lru_cache(maxsize=4096)
def source_network(address: str) -> str:
    """The network that counts as one source: the address itself, or the /64 that one customer has in IPv6."""
    ip = _parsed(address)
    if ip is None:
        return LOCAL
    return str(ip_network((ip, 64 if ip.version == 6 else 32), strict=False))


def _without_port(hop: str) -> str:
    """`192.0.2.1` of `192.0.2.1:5678`, and `2001:db8::1` of `[2001:db8::1]:80` or `[2001:db8::1]`; anything else as it is."""
    found = WITH_PORT.fullmatch(hop)
    return (found["six"] or found["four"]) if found else hop


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address; an IPv4 one that is written as IPv6 counts as what it is."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
