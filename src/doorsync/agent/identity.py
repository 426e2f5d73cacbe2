"""Who this agent is, its private keys, and the hub that it listens to: one file with mode 600, made at enrolment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from doorsync.agent import data_folder
from doorsync.agent.errors import BadIdentity, NotEnrolled
from doorsync.messages.keys import KeyPairs, PublicKeys

FILE = "identity.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The company, the agent's name to the hub, and the keys of both; `origins` are the pages that may speak with it."""

    company: str
    agent: str
    name: str
    hub_url: str
    origins: tuple[str, ...]
    keys: KeyPairs = field(repr=False)
    hub: PublicKeys = field(repr=False)
    chain: str = ""  # names the folder of the chains, which go on when the keys change; empty: the signing key does

    @classmethod
    def load(cls, folder: Path) -> Identity:
        """From the data folder. Raises NotEnrolled or BadIdentity."""
        path = folder / FILE
        if not path.exists():
            raise NotEnrolled
        try:
            data = json.loads(path.read_text())
            keys, hub = KeyPairs.load(data.pop("keys")), PublicKeys.load(data.pop("hub"))
            return cls(**{**data, "origins": tuple(data["origins"])}, keys=keys, hub=hub)
        except (OSError, ValueError, TypeError, KeyError):
            raise BadIdentity(f"{path} cannot be read. Enrol the agent again.") from None  # the cause would quote keys

    def save(self, folder: Path) -> None:
        """Into the data folder; the identity before it is gone. Raises StorageFailed."""
        plain = {name: getattr(self, name) for name in ("company", "agent", "name", "hub_url", "chain")}
        secret = {"origins": list(self.origins), "keys": self.keys.as_dict(), "hub": self.hub.as_dict()}
        data_folder.write(folder / FILE, json.dumps({**plain, **secret}))
