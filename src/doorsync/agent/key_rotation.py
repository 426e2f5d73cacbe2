"""Fresh keys without a code: the agent's own, and those of its hub. The old keys vouch for the new ones.

The agent's new keys are on the disk before the hub hears of them, and the old ones until the hub has confirmed. Any courier
carries the change, beside a hello; whatever is lost on the way, the same message brings the same answer the next time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from doorsync.agent import data_folder
from doorsync.agent.errors import RotationFailed
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.agent.logs import log, warn_once
from doorsync.messages import compact, envelope
from doorsync.messages.errors import MessageRefused, UnknownKey, WrongAgent
from doorsync.messages.key_handover import hand_over, taken_over
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import HubRotation, Rotated, Rotation

FILE = "rotation.json"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the agent's keys that the hub has not confirmed yet."""

    new: KeyPairs
    signed: str


def begin_rotation(folder: Path) -> str:
    """Make fresh keys for the agent in this folder, running or not; one change at a time. Returns their fingerprint.

    Raises an AgentError.
    """
    Identity.load(folder)  # says so if there is none
    with _alone(folder):
        identity = Identity.load(folder)
        change = pending_change(folder, identity)
        if change is None:
            new = KeyPairs.generate()
            signed = hand_over(Rotation, company=identity.company, agent=identity.agent, old=identity.keys, new=new)
            data_folder.write(folder / FILE, json.dumps({"keys": new.as_dict(), "rotation": signed}))
            change = Change(new, signed)
    return change.new.public.fingerprint()


def pending_change(folder: Path, identity: Identity) -> Change | None:
    """The change of these keys that waits for the hub, if there is one. Raises RotationFailed when its file cannot be read."""
    path = folder / FILE
    try:
        data = json.loads(path.read_text())
        change = Change(KeyPairs.load(data["keys"]), str(data["rotation"]))
        of = _kid(change.signed)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, MessageRefused):
        raise RotationFailed(f"{path} cannot be read. Enrol the agent again.") from None  # the cause would quote keys
    return change if of == identity.keys.sign.thumbprint() else None  # else it is done, or of an older enrolment


def forget_change(folder: Path) -> None:
    """There is no change any more: the agent was enrolled anew."""
    with _alone(folder):
        (folder / FILE).unlink(missing_ok=True)


def offered_change(state: State) -> str:
    """The signed message of a change that was begun, for the courier to bring to the hub; empty when there is none."""
    try:
        change = pending_change(state.folder, state.identity)
    except RotationFailed as error:
        warn_once("A change of keys cannot go on.", why=str(error))
        return ""
    return change.signed if change else ""


def take_confirmation(state: State, signed: str) -> None:
    """What a courier brought as the hub's word that it has the new keys. From now on they are the agent's."""
    identity = state.identity
    with _alone(state.folder):
        try:
            change = pending_change(state.folder, identity)
            if change is None:  # another courier was faster
                return
            _check(signed, change, identity)
        except (MessageRefused, RotationFailed) as error:
            warn_once("A confirmation of new keys was not believed.", why=str(error))
            return
        chain = identity.chain or identity.keys.sign.thumbprint()
        state.become(replace(identity, keys=change.new, chain=chain))
        (state.folder / FILE).unlink(missing_ok=True)
    log.info("The hub has this agent's new keys. The old ones are gone.")


def _check(signed: str, change: Change, identity: Identity) -> None:
    """The hub signs with each key that it has, because it cannot be sure which of them this agent knows."""
    known = [text for text in signed.split(" ") if _kid(text) == identity.hub.sign.thumbprint()]
    rotated = envelope.verify(known[0] if known else signed, Rotated, identity.hub.sign)
    if (rotated.company, rotated.agent) != (identity.company, identity.agent):
        raise WrongAgent
    if rotated.to != change.new.public.fingerprint():
        raise UnknownKey


def take_hub_keys(state: State, signed: str) -> None:
    """What a courier brought as the hub's new keys. If the old ones vouch for them, those count no more."""
    identity = state.identity
    try:
        new = taken_over(signed, HubRotation, company=identity.company, agent=identity.agent, old=identity.hub.sign)
    except MessageRefused as error:
        warn_once("New keys of the hub were not taken.", code=error.code())
        return
    state.become(replace(identity, hub=new))
    log.info("The hub has new keys. The old ones count no more.", key=new.fingerprint())


def _kid(text: str) -> object:
    return compact.header(compact.split(text, parts=3)[0], {"alg", "typ", "kid"})["kid"]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Commands and the running agent take turns. Root keeps out of the folder of another account."""
    with data_folder.turn(folder / f"{FILE}.lock"):
        yield
