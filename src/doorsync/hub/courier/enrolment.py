"""Enrolment: a one-time code, and proof that the agent holds the keys that it brings."""

from __future__ import annotations

from doorsync.hub.settings.config import config
from doorsync.hub.terminals.enrolment import EnrolmentError, redeem_code
from doorsync.hub.terminals.identity import hub_keys
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused
from doorsync.messages.keys import PublicKeys
from doorsync.messages.schemas import VERSION, Enrolled, Enrolment


class CodeRefused(MessageRefused):
    """The enrolment code is unknown, used, expired, or was tried too often. Make a new one in the hub."""


def enrol_agent(signed: str) -> str:
    """Check the proof of possession, redeem the code, and pin the keys. Returns a signed answer with what the agent must pin."""
    message = envelope.introduced(signed, Enrolment)
    try:
        agent = redeem_code(code=message.code, keys=message.keys, software=message.software, url=message.url)
    except EnrolmentError as error:
        raise CodeRefused(str(error)) from error
    mine = hub_keys()
    enrolled = Enrolled(
        v=min(message.v, VERSION),
        company=agent.company.slug,
        agent=agent.public_id,
        name=agent.name,
        keys=mine.public.as_dict(),
        origins=config().origins,
        to=PublicKeys.load(message.keys).fingerprint(),
    )
    return envelope.sign(enrolled, mine.sign)
