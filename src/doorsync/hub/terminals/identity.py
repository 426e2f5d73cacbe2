"""Names and keys: of the hub towards agents, and of agents towards the hub."""

from __future__ import annotations

import json
import secrets
from functools import lru_cache

from doorsync.hub.settings import key_files
from doorsync.hub.terminals.models import Agent
from doorsync.messages.errors import OtherHubKeys
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.schemas import VERSION

FILE = "agents"
Pairs = dict[str, KeyPairs]


def new_public_id() -> str:
    """22 letters that name a row to the outside and tell nothing."""
    return secrets.token_urlsafe(16)


def new_hub_keys() -> str:
    """The document of a hub's first key pairs."""
    return json.dumps(KeyPairs.generate().as_dict())


def all_hub_keys() -> Pairs:
    """Fingerprint -> key pairs that some agent may listen to: the newest first, then those that are being replaced."""
    return _pairs(key_files.document(FILE, new_hub_keys))


def hub_keys() -> KeyPairs:
    """The key pairs that agents pin; kept in a file of the data folder, the same for all processes."""
    return next(iter(all_hub_keys().values()))


def hub_keys_for(agent: Agent) -> KeyPairs:
    """Those that this agent listens to, as its last hello said. Raises OtherHubKeys when the hub no longer has them."""
    if not agent.pinned:
        return hub_keys()
    try:
        return all_hub_keys()[agent.pinned]
    except KeyError:
        raise OtherHubKeys from None


def agent_keys(agent: Agent) -> PublicKeys:
    """The keys that this agent brought at its enrolment, or changed to since."""
    return PublicKeys.load(agent.keys or {})


def version_for(agent: Agent) -> int:
    """The version of messages that both sides speak, by the agent's last hello."""
    return min(agent.version, VERSION)


@lru_cache(maxsize=2)
def _pairs(document: str) -> Pairs:
    data = json.loads(document)
    pairs = [KeyPairs.load(each) for each in (data, *data.get("before", []))]
    return {pair.public.fingerprint(): pair for pair in pairs}
