"""The way to the hub: name, proxy, TLS, whether the hub answers and knows this agent, and both clocks."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from doorsync.agent.config import Config
from doorsync.agent.connection_errors import out_of_reach
from doorsync.agent.diagnosis.finding import Finding, fail, ok, warn
from doorsync.agent.diagnosis.machine import bare_address
from doorsync.agent.errors import AgentError
from doorsync.agent.http_client import hub_client
from doorsync.agent.identity import Identity

WITHIN = 5  # seconds
DRIFT = 60  # seconds
QUARANTINED = "Two copies of this agent were at work. Stop the other one, then enrol this one again with a fresh code."
AGAIN = "Enrol the agent again: make a code in the hub, under Agents, then run doorsync agent enrol HUB"


def check_way_to_hub(config: Config, identity: Identity) -> Iterator[Finding]:
    """One step after the other; the first that fails is the one to mend."""
    proxy = config.proxy.get_secret_value() or _proxy_of_environment(identity.hub_url)
    if proxy:
        yield ok(f"the hub is reached through the proxy {bare_address(proxy)}")
    else:
        found = _resolved(identity.hub_url)
        yield found
        if found.level == "fail":
            return
    try:
        with hub_client(config, identity.hub_url, timeout=WITHIN) as hub:
            answer = hub.post("/courier/next", json={"agent": identity.agent, "nonce": ""})
    except AgentError as error:
        yield fail(str(error), "Mend the setting.")
    except httpx2.TransportError as error:
        why = out_of_reach(identity.hub_url, error, through_proxy=bool(proxy))
        yield fail(why.what, why.advice)
    else:
        yield from _answered(identity.hub_url, answer)


def _proxy_of_environment(hub_url: str) -> str:
    """The proxy that the client takes for this address; empty where NO_PROXY names it."""
    parts = urlsplit(hub_url)
    proxies = getproxies()
    bypassed = proxy_bypass(parts.netloc.rpartition("@")[2])
    return "" if bypassed else proxies.get(parts.scheme) or proxies.get("all", "")


def _resolved(hub_url: str) -> Finding:
    host = urlsplit(hub_url).hostname or ""
    try:
        addresses = sorted({str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except OSError:
        return fail(f"the name {host} is not known here", "Check the name server of this machine, or the hub's address.")
    return ok(f"{host} is {', '.join(addresses)}")


def _answered(hub_url: str, answer: httpx2.Response) -> Iterator[Finding]:
    try:
        said = answer.json()
        code = str(said.get("error", ""))
    except (ValueError, AttributeError):
        yield fail(
            f"what answers at {hub_url} is no Doorsync hub", "Check the hub's address; does a portal of this network answer?"
        )
        return
    if answer.status_code == httpx2.codes.OK:
        yield ok(f"{hub_url} answers and knows this agent")
    elif code == "other-hub-keys":
        yield fail("the hub has other keys than this agent listens to", AGAIN)
    elif code == "quarantined":
        yield fail("the hub has this agent in quarantine", QUARANTINED)
    else:
        yield fail(f"{hub_url} answers but does not know this agent ({code or answer.status_code})", AGAIN)
    yield from _clock(answer)


def _clock(answer: httpx2.Response) -> Iterator[Finding]:
    try:
        ahead = (datetime.now(UTC) - parsedate_to_datetime(answer.headers["date"])).total_seconds()
    except (KeyError, ValueError, TypeError):
        yield warn("the hub did not say what time it is", "A proxy on the way removes the Date header.")
        return
    if abs(ahead) > DRIFT:
        told = f"this clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the hub's"
        yield warn(told, "Let the system keep its clock (NTP). Certificates and times in logs depend on it.")
    else:
        yield ok("this clock agrees with the hub's")
