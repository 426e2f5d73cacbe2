"""Fresh keys for an agent that is enrolled, without a code: the old keys vouch for the new ones.

The new keys are on the disk before the hub hears of them, and the old ones until the hub has confirmed. So whatever is
lost on the way, the same message brings the same answer the next time.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from doorsync.agent import storage
from doorsync.agent.config import Config
from doorsync.agent.courier import Hub
from doorsync.agent.errors import AgentError, HubUnreachable, RotationFailed
from doorsync.agent.identity import Identity
from doorsync.agent.logs import log
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused
from doorsync.messages.keys import KeyPairs
from doorsync.messages.shapes import Rotated, Rotation

FILE = "rotation.json"


def rotate(config: Config) -> Identity:
    """Change the keys, or finish a change that was begun. Raises an AgentError."""
    with storage.holding(config.data):
        path = config.data / FILE
        if not path.exists():
            _begin(path, Identity.load(config.data))
        return _finish(config, path)


def finish_if_begun(config: Config) -> None:
    """Before the agent starts, in its held folder: the hub may have confirmed a change, and its answer may have been lost."""
    path = config.data / FILE
    if not path.exists():
        return
    try:
        _finish(config, path)
    except AgentError as error:
        log.warning("A change of keys is not finished; stop the agent and run `doorsync agent rotate-keys`.", why=str(error))


def _begin(path: Path, identity: Identity) -> None:
    new = KeyPairs.generate()
    message = Rotation(company=identity.company, agent=identity.agent, keys=new.public.as_dict())
    proven = message.model_copy(update={"proof": envelope.sign(message, new.sign)})
    kept = {"keys": new.as_dict(), "rotation": envelope.sign(proven, identity.keys.sign), "agent": identity.agent}
    storage.write(path, json.dumps(kept))


def _finish(config: Config, path: Path) -> Identity:
    identity = Identity.load(config.data)
    new, signed = _kept(path)
    if new.public.fingerprint() != identity.keys.public.fingerprint():  # it is done, but for this file
        _ask(config, identity, signed, new.public.fingerprint(), path)
        chain = identity.chain or identity.keys.sign.thumbprint()
        identity = replace(identity, keys=new, chain=chain)
        identity.save(config.data)
    path.unlink(missing_ok=True)
    return identity


def _kept(path: Path) -> tuple[KeyPairs, str]:
    try:
        data = json.loads(path.read_text())
        return KeyPairs.load(data["keys"]), str(data["rotation"])
    except (OSError, ValueError, TypeError, KeyError):
        raise RotationFailed(
            f"{path} cannot be read. Delete it, or enrol the agent again."
        ) from None  # the cause would quote keys


def _ask(config: Config, identity: Identity, signed: str, fingerprint: str, path: Path) -> None:
    hub = Hub(identity.hub_url, config)
    try:
        status, answer = hub.ask("rotate", agent=identity.agent, rotation=signed)
    finally:
        hub.close()
    if status >= 500:
        raise HubUnreachable(f"The hub failed ({status}). Nothing is lost: say it again.")
    if status != 200:
        path.unlink(missing_ok=True)  # signed with keys that the hub does not know any more, or never will
        raise RotationFailed(f"The hub did not take the new keys: {answer.get('message') or status}")
    try:
        rotated = envelope.verify(str(answer.get("rotated")), Rotated, identity.hub.sign)
    except MessageRefused as error:
        raise RotationFailed(f"The hub's answer cannot be used: {error}") from error
    if (rotated.company, rotated.agent, rotated.to) != (identity.company, identity.agent, fingerprint):
        raise RotationFailed("The hub's answer is for other keys.")
