"""Says why a hub could not be reached: name resolution, refused connection, certificate, proxy or silence.

Never the error's own text: it may quote the proxy's address with its password.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong, and what to do about it."""

    what: str
    advice: str

    def __str__(self) -> str:
        return f"The hub is out of reach: {self.what}. {self.advice}"


def out_of_reach(hub_url: str, error: BaseException, *, through_proxy: bool = False) -> Reason:
    """What this error of the connection to the hub means."""
    chain = list(_chain(error))
    if found := _tls(hub_url, chain):
        return found
    if isinstance(error, httpx2.ProxyError) or through_proxy:
        return Reason("the proxy did not let this agent through to the hub", "Check the proxy's address, name and password.")
    if any(isinstance(each, socket.gaierror) for each in chain):
        return Reason(f"the name in {hub_url} is not known here", "Check the hub's address, and this machine's name server.")
    if isinstance(error, httpx2.TimeoutException):
        return Reason(f"{hub_url} did not answer in time", "Does a firewall drop connections on the way out?")
    if isinstance(error, httpx2.RemoteProtocolError):
        return Reason(f"what answers at {hub_url} hung up, or is no hub", "Is it http or https there? Is the port right?")
    return Reason(f"{hub_url} cannot be reached", "Does the hub run? Does a firewall here refuse connections on the way out?")


def _tls(hub_url: str, chain: list[BaseException]) -> Reason | None:
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            advice = "Check this machine's clock, and ca_file if a proxy here signs its own certificates."
            return Reason(f"the certificate of {hub_url} cannot be trusted: {each.verify_message}", advice)
    if any(isinstance(each, ssl.SSLError) for each in chain):
        return Reason(f"what answers at {hub_url} does not speak TLS as it should", "Is the port right, and is it https there?")
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
