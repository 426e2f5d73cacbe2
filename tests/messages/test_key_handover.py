"""New keys are taken only when the old ones vouch for them, they prove themselves, and the message is for this agent."""

from __future__ import annotations

from typing import Any

import pytest

from doorsync.messages import envelope
from doorsync.messages.errors import Malformed, MessageRefused, UnknownKey, WrongAgent, WrongCompany
from doorsync.messages.key_handover import hand_over, taken_over
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import HubRotation, Rotation

OLD, NEW, OTHER = KeyPairs.generate(), KeyPairs.generate(), KeyPairs.generate()
WHO: dict[str, Any] = {"company": "gym", "agent": "a"}


def test_new_keys_are_taken() -> None:
    of_agent = hand_over(Rotation, **WHO, old=OLD, new=NEW)
    assert taken_over(of_agent, Rotation, **WHO, old=OLD.sign).as_dict() == NEW.public.as_dict()
    of_hub = hand_over(HubRotation, **WHO, old=OLD, new=NEW)
    assert taken_over(of_hub, HubRotation, **WHO, old=OLD.sign).as_dict() == NEW.public.as_dict()


@pytest.mark.parametrize(("company", "agent", "error"), [("spa", "a", WrongCompany), ("gym", "b", WrongAgent)])
def test_a_change_for_somebody_else_is_refused(company: str, agent: str, error: type[MessageRefused]) -> None:
    signed = hand_over(Rotation, **WHO, old=OLD, new=NEW)
    with pytest.raises(error):
        taken_over(signed, Rotation, company=company, agent=agent, old=OLD.sign)


def test_old_keys_of_somebody_else_vouch_for_nothing() -> None:
    with pytest.raises(UnknownKey):
        taken_over(hand_over(Rotation, **WHO, old=OTHER, new=NEW), Rotation, **WHO, old=OLD.sign)


def test_keys_that_their_sender_does_not_hold_are_refused() -> None:
    message = Rotation(**WHO, keys=NEW.public.as_dict())
    unproven = [message, message.model_copy(update={"proof": envelope.sign(message, OTHER.sign)})]
    for each in unproven:
        with pytest.raises(MessageRefused):
            taken_over(envelope.sign(each, OLD.sign), Rotation, **WHO, old=OLD.sign)


def test_a_proof_for_another_message_is_none() -> None:
    message = Rotation(**WHO, keys=NEW.public.as_dict())
    other = message.model_copy(update={"agent": "b"})
    swapped = message.model_copy(update={"proof": envelope.sign(other, NEW.sign)})
    with pytest.raises(Malformed):
        taken_over(envelope.sign(swapped, OLD.sign), Rotation, **WHO, old=OLD.sign)


def test_what_is_no_pair_of_keys_is_refused() -> None:
    message = Rotation(**WHO, keys={"sign": {}})
    with pytest.raises(Malformed):
        taken_over(envelope.sign(message, OLD.sign), Rotation, **WHO, old=OLD.sign)
