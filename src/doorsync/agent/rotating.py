"""Fresh keys without a code: the agent's own, and those of its hub. The old keys vouch for the new ones.

The agent's new keys are on the disk before the hub hears of them, and the old ones until the hub has confirmed. Any courier
carries the change, beside a hello; whatever is lost on the way, the same message brings the same answer the next time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from doorsync.agent import storage
from doorsync.agent.errors import RotationFailed
from doorsync.agent.identity import Identity
from doorsync.agent.logs import log
from doorsync.agent.state import State
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused, UnknownKey, WrongAgent
from doorsync.messages.handover import hand_over, taken_over
from doorsync.messages.keys import KeyPairs
from doorsync.messages.shapes import HubRotation, Rotated, Rotation

FILE = "rotation.json"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the agent's keys that the hub has not confirmed yet: from keys with this fingerprint to others."""

    of: str
    new: KeyPairs
    signed: str


def begin(folder: Path) -> str:
    """Make fresh keys for the agent in this folder, running or not; one change at a time. Returns their fingerprint.

    Raises an AgentError.
    """
    identity = Identity.load(folder)
    storage.keep_root_out(folder)
    new = KeyPairs.generate()
    signed = hand_over(Rotation, company=identity.company, agent=identity.agent, old=identity.keys, new=new)
    kept = {"of": identity.keys.public.fingerprint(), "keys": new.as_dict(), "rotation": signed}
    storage.create(folder / FILE, json.dumps(kept))  # never over another one: the hub may have heard of that
    return _kept(folder).new.public.fingerprint()


def begun(folder: Path, identity: Identity) -> Change | None:
    """The change that waits for the hub, if there is one. Raises RotationFailed when its file cannot be read."""
    if not (folder / FILE).exists():
        return None
    change = _kept(folder)
    return change if change.of == identity.keys.public.fingerprint() else None


def forget(folder: Path) -> None:
    """There is no change any more: it is done, or the agent was enrolled anew."""
    (folder / FILE).unlink(missing_ok=True)


def tidy(state: State) -> None:
    """Before the agent starts, in its held folder: a change of keys that are not the agent's any more is no change."""
    try:
        if begun(state.folder, state.identity) is None:
            forget(state.folder)
    except RotationFailed as error:
        log.warning("A change of keys cannot go on.", why=str(error))


def offered(state: State) -> str:
    """The signed message of a change that was begun, for the courier to bring to the hub; empty when there is none."""
    try:
        change = begun(state.folder, state.identity)
    except RotationFailed as error:
        log.warning("A change of keys cannot go on.", why=str(error))
        return ""
    return change.signed if change else ""


def take_confirmation(state: State, signed: str) -> None:
    """What a courier brought as the hub's word that it has the new keys. From now on they are the agent's."""
    identity = state.identity
    try:
        change = begun(state.folder, identity)
        if change is None:  # another courier was faster
            return
        rotated = envelope.verify(signed, Rotated, identity.hub.sign)
        if (rotated.company, rotated.agent) != (identity.company, identity.agent):
            raise WrongAgent
        if rotated.to != change.new.public.fingerprint():
            raise UnknownKey
    except (MessageRefused, RotationFailed) as error:
        log.warning("A confirmation of new keys was not believed.", why=str(error))
        return
    chain = identity.chain or identity.keys.sign.thumbprint()
    state.become(replace(identity, keys=change.new, chain=chain))
    forget(state.folder)
    log.info("The hub has this agent's new keys. The old ones are gone.")


def take_hub_keys(state: State, signed: str) -> None:
    """What a courier brought as the hub's new keys. If the old ones vouch for them, those count no more."""
    identity = state.identity
    try:
        new = taken_over(signed, HubRotation, company=identity.company, agent=identity.agent, old=identity.hub.sign)
    except MessageRefused as error:
        log.warning("New keys of the hub were not taken.", code=error.code())
        return
    state.become(replace(identity, hub=new))
    log.info("The hub has new keys. The old ones count no more.", key=new.fingerprint())


def _kept(folder: Path) -> Change:
    path = folder / FILE
    try:
        data = json.loads(path.read_text())
        return Change(str(data["of"]), KeyPairs.load(data["keys"]), str(data["rotation"]))
    except (OSError, ValueError, TypeError, KeyError):
        raise RotationFailed(f"{path} cannot be read. Delete it, or enrol the agent again.") from None  # it would quote keys
