"""Where a call comes from: the one address that no caller can make up, and the network that counts as one source."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.http import HttpRequest

from doorsync.hub.settings.config import config

Networks = Iterable[IPv4Network | IPv6Network]
LOCAL = "local"  # a Unix socket has no address


def caller(peer: str, forwarded: str) -> str:
    """The caller's address. `peer` holds the connection; `forwarded` is all of X-Forwarded-For, believed only from our proxies.

    Each proxy adds the address it was called from on the right. So the right-most one that is not itself a trusted
    proxy is the caller; whatever stands left of it may be invented.
    """
    hops = [peer, *reversed([hop.strip() for hop in forwarded.split(",")] if forwarded else [])]
    for hop, before in zip(hops, [*hops[1:], ""], strict=True):
        if not _trusted(hop) or not _valid(before):
            return hop or LOCAL
    return LOCAL


def caller_of(request: HttpRequest) -> str:
    """The caller's address of a Django request."""
    return caller(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def source(address: str) -> str:
    """The network that counts as one source: the address itself, or the /64 that one customer has in IPv6."""
    if not _valid(address):
        return LOCAL
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return str(ip_network((ip, 64), strict=False))
        ip = ip.ipv4_mapped
    return str(ip_network(ip))


def _trusted(address: str) -> bool:
    if not _valid(address):
        return False
    ip = ip_address(address)
    return any(ip.version == network.version and ip in network for network in config().trusted_proxies)


def _valid(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True
