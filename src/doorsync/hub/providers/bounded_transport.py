"""How the hub reaches identity providers: only public addresses and those that the operator allows, bounded in size and time.

A company's owner types these addresses, so nothing in the hub's own network may be reached with them. The address that was
checked is the one that is connected to. Redirects are not followed, and proxies of the environment are not used.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore2
import httpx2

from doorsync.hub.providers.errors import AddressForbidden, ProviderUnreachable
from doorsync.hub.settings.config import config

LONGEST = 10.0  # seconds for one request, to the last byte; looking its name up has the limit of the system
LARGEST = 256 * 1024  # bytes of one answer; real ones have a few thousand
AT_ONCE = 4  # requests of this process
# The only IPv6 addresses that are given out for the internet (RFC 4291). Python counts others as global too, such as the
# site-local ones (fec0::/10), which a company may still route, and those with an IPv4 address in them (::/96, 64:ff9b::/96).
GLOBAL_UNICAST = ip_network("2000::/3")
TRANSLATED = tuple(ip_network(each) for each in ("2001::/32", "2002::/16"))  # Teredo and 6to4 lead into any IPv4 address
_places = threading.BoundedSemaphore(AT_ONCE)


class BoundedTransport(httpx2.BaseTransport):
    """A transport for one request after the other. Each is answered whole within the bounds, or raises ProviderUnreachable."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it, and read all of the answer."""
        check_scheme(request.url)
        with _place(), _told():
            network = _GuardedNetwork(time.monotonic() + LONGEST, plain=request.url.scheme == "http")
            with httpcore2.ConnectionPool(ssl_context=_tls(), network_backend=network) as pool:
                return _answer(pool, request)


def check_scheme(url: httpx2.URL) -> None:
    """TLS, or else that the operator allows some loopback address: `is_allowed` holds it to those. Raises AddressForbidden."""
    if url.scheme == "https" and url.host:
        return
    if url.scheme != "http" or not any(network.is_loopback for network in config().provider_networks):
        raise AddressForbidden


def is_allowed(ip: IPv4Address | IPv6Address, *, plain: bool = False) -> bool:
    """Whether the hub may connect to this address; `plain`: without TLS, which is for loopback only."""
    known = (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
    if any(known.version == network.version and known in network for network in config().provider_networks):
        return known.is_loopback or not plain
    if isinstance(known, IPv6Address) and (known not in GLOBAL_UNICAST or any(known in network for network in TRANSLATED)):
        return False
    return known.is_global and not known.is_multicast and not plain


class _GuardedNetwork(httpcore2.NetworkBackend):
    """Connects to allowed addresses only, and until the deadline."""

    def __init__(self, deadline: float, *, plain: bool) -> None:
        self.deadline, self.plain = deadline, plain

    def connect_tcp(  # the signature is httpcore's
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of this name, if all of its addresses are allowed."""
        found = [ip_address(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not all(is_allowed(ip, plain=self.plain) for ip in found):
            raise AddressForbidden
        stream = httpcore2.SyncBackend().connect_tcp(str(found[0]), port, _left(self.deadline), None, socket_options)
        return _BoundedStream(stream, self.deadline)


class _BoundedStream(httpcore2.NetworkStream):
    """A stream on which every step ends at the same deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's signature
        """What came."""
        return self.stream.read(max_bytes, _left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - httpcore's signature
        """Send it."""
        self.stream.write(buffer, _left(self.deadline))

    def close(self) -> None:
        """End it."""
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore2.NetworkStream:
        """Go on in TLS, with the name that was asked for."""
        return _BoundedStream(self.stream.start_tls(ssl_context, server_hostname, _left(self.deadline)), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """As the stream beneath."""
        return self.stream.get_extra_info(info)


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise ProviderUnreachable
    return left


@contextmanager
def _place() -> Iterator[None]:
    """One of the few places: a provider that answers slowly does not take all of the hub's threads."""
    if not _places.acquire(timeout=LONGEST):
        raise ProviderUnreachable
    try:
        yield
    finally:
        _places.release()


@contextmanager
def _told() -> Iterator[None]:
    """All that a network can do to us becomes one error."""
    try:
        yield
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, OSError, ValueError) as error:
        raise ProviderUnreachable from error


def _answer(pool: httpcore2.ConnectionPool, request: httpx2.Request) -> httpx2.Response:
    url = httpcore2.URL(
        scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
    )
    headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
    with pool.stream(request.method, url, headers=headers, content=request.read()) as answer:
        body = bytearray()
        for part in answer.iter_stream():
            body += part
            if len(body) > LARGEST:
                raise ProviderUnreachable
        kept = [(name, value) for name, value in answer.headers if name.lower() == b"content-type"]
        return httpx2.Response(answer.status, headers=kept, content=bytes(body), request=request)
