"""Fresh keys: the old ones vouch for the new, and the new prove that their sender holds them. The same for hub and agent."""

from __future__ import annotations

from typing import TypeVar

from joserfc.jwk import OKPKey

from doorsync.messages import envelope
from doorsync.messages.errors import Malformed, WrongAgent, WrongCompany
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.schemas import VERSION, HubRotation, Rotation

R = TypeVar("R", Rotation, HubRotation)


def hand_over(shape: type[R], *, company: str, agent: str, old: KeyPairs, new: KeyPairs, version: int = VERSION) -> str:
    """The signed message that puts `new` in the place of `old`, in this version."""
    message = shape(v=version, company=company, agent=agent, keys=new.public.as_dict())
    proven = message.model_copy(update={"proof": envelope.sign(message, new.sign)})
    return envelope.sign(proven, old.sign)


def taken_over(signed: str, shape: type[R], *, company: str, agent: str, old: OKPKey) -> PublicKeys:
    """The new keys, if the old one vouches for them and they prove themselves. Raises a MessageRefused."""
    message = envelope.verify(signed, shape, old)
    if message.company != company:
        raise WrongCompany
    if message.agent != agent:
        raise WrongAgent
    try:
        new = PublicKeys.load(message.keys)
    except ValueError as error:
        raise Malformed from error
    if envelope.verify(message.proof, shape, new.sign) != message.model_copy(update={"proof": ""}):
        raise Malformed
    return new
