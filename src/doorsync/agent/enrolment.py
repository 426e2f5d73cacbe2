"""Enrolment: the agent makes its keys, proves with a one-time code whom they belong to, and pins the hub's."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from doorsync.agent import daemon, data_folder, key_rotation
from doorsync.agent.config import Config
from doorsync.agent.connection_errors import out_of_reach
from doorsync.agent.errors import EnrolmentFailed, HubUnreachable
from doorsync.agent.http_client import hub_client
from doorsync.agent.identity import Identity
from doorsync.agent.validation import SOFTWARE
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused
from doorsync.messages.keys import KeyPairs, PublicKeys, typed
from doorsync.messages.schemas import Enrolled, Enrolment

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WITHIN = 15  # seconds


def enrol(config: Config, *, hub_url: str, code: str, url: str = "") -> Identity:
    """Bring fresh keys to the hub; `url` is where its pages find this agent. Raises an AgentError, and then nothing changed."""
    hub_url, code = hub_address(hub_url), code_in(code)
    with data_folder.hold_folder(config.data):
        keys = KeyPairs.generate()
        message = Enrolment(code=code, keys=keys.public.as_dict(), software=SOFTWARE, url=url or _own_url(config))
        identity = accepted_identity(_ask(config, hub_url, envelope.sign(message, keys.sign)), keys, hub_url)
        identity.save(config.data)
        key_rotation.forget_change(config.data)
    return identity


def accepted_identity(signed: str, keys: KeyPairs, hub_url: str, *, strictly: bool = False) -> Identity:
    """Who the agent is now by the hub's signed answer; `strictly`: it must name these keys. Raises EnrolmentFailed."""
    enrolled, hub = _opened(signed)
    if enrolled.to != keys.public.fingerprint() and (strictly or enrolled.to):
        raise EnrolmentFailed("The hub's answer is for another agent.")
    return Identity(
        company=enrolled.company,
        agent=enrolled.agent,
        name=enrolled.name,
        hub_url=hub_url,
        origins=tuple(enrolled.origins),
        keys=keys,
        hub=hub,
    )


def hub_address(url: str) -> str:
    """Scheme and host, fit to send a code to. Raises EnrolmentFailed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EnrolmentFailed(f"'{url}' is not the address of a hub; it should be like https://doorsync.example.com")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise EnrolmentFailed("A code must not travel in clear: the hub's address has to begin with https.")
    return url.rstrip("/")


def code_in(text: str) -> str:
    """The code that was typed. Raises EnrolmentFailed."""
    if not (code := typed(text)):
        raise EnrolmentFailed("Not a valid enrolment code. You make it in the hub; it looks like 7K2QM-0H5XN-T9B4C-W8D3E.")
    return code


def _own_url(config: Config) -> str:
    """The port is chosen now and kept, because the hub learns it now."""
    with daemon.open_socket(config) as listening:
        return f"http://{config.host}:{listening.getsockname()[1]}"


def _ask(config: Config, hub_url: str, signed: str) -> str:
    try:
        with hub_client(config, hub_url, timeout=WITHIN) as hub:
            response = hub.post("/courier/enrol", json={"enrolment": signed})
        answer = response.json()
    except httpx2.TransportError as error:
        raise HubUnreachable(str(out_of_reach(hub_url, error))) from error
    except ValueError as error:
        raise EnrolmentFailed(f"What answers at {hub_url} is no Doorsync hub.") from error
    if response.status_code == httpx2.codes.OK and isinstance(answer, dict) and isinstance(answer.get("enrolled"), str):
        return str(answer["enrolled"])
    reason = answer.get("message") or answer.get("error") if isinstance(answer, dict) else ""
    raise EnrolmentFailed(f"The hub did not enrol this agent: {reason or response.status_code}")


def _opened(signed: str) -> tuple[Enrolled, PublicKeys]:
    try:
        enrolled = envelope.introduced(signed, Enrolled)
        return enrolled, PublicKeys.load(enrolled.keys)
    except MessageRefused as error:
        raise EnrolmentFailed(f"The hub's answer cannot be used: {error}") from error
