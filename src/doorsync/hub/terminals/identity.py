"""Names and keys: of the hub towards agents, and of agents towards the hub."""

from __future__ import annotations

import secrets
from functools import cache

from doorsync.hub.settings import keyring
from doorsync.hub.terminals.models import Agent
from doorsync.messages.keys import KeyPairs, PublicKeys


def new_public_id() -> str:
    """22 letters that name a row to the outside and tell nothing."""
    return secrets.token_urlsafe(16)


@cache
def hub_keys() -> KeyPairs:
    """The key pairs that agents pin; kept in a file of the data folder, the same for all processes."""
    return KeyPairs.load(keyring.document("agents", lambda: KeyPairs.generate().as_dict()))


def agent_keys(agent: Agent) -> PublicKeys:
    """The keys that this agent brought at its enrolment."""
    return PublicKeys.load(agent.keys or {})
