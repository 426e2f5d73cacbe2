"""Take the events that an agent brings, and answer what the hub has stored of them, signed."""

from __future__ import annotations

from collections.abc import Iterable

from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.courier.agent_checks import audited
from doorsync.hub.events.actions import Taken, take_events
from doorsync.hub.sync.models import Stranger
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for, version_for
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.errors import UnknownDevice, WrongAgent, WrongCompany
from doorsync.messages.events import Events, EventsStored

NUMBER = 19  # digits at most


def store_events(agent: Agent, sealed: str) -> str:
    """Store the events; returns the signed answer. Raises a MessageRefused, and then nothing was stored."""
    with scope(company=agent.company), audited(agent):
        message = envelope.unseal(sealed, Events, hub_keys_for(agent), agent_keys(agent))
        if message.company != agent.company.slug:
            raise WrongCompany
        if message.agent != agent.public_id:
            raise WrongAgent
        terminal = _terminal_of(agent, message)
        keys = {event.key for event in message.events if event.key}
        taken = take_events(agent=agent, terminal=terminal, message=message, numbers=numbers_of(terminal, keys))
        return _answer(agent, message, sealed, taken)


def numbers_of(terminal: Terminal, keys: Iterable[str]) -> dict[str, int]:
    """The users whom this terminal knows under these keys; not those whom somebody else enrolled there under such a key."""
    digits = {key for key in keys if key.isascii() and key.isdecimal() and len(key) < NUMBER and key == str(int(key)) != "0"}
    strangers = Stranger.objects.filter(terminal=terminal, kind=Kind.USER, key__in=digits).values_list("key", flat=True)
    return {key: int(key) for key in digits - set(strangers)}


def _terminal_of(agent: Agent, message: Events) -> Terminal:
    found = Terminal.objects.filter(agent=agent, public_id=message.terminal).select_related("location", "company").first()
    if found is None:
        raise UnknownDevice
    return found


def _answer(agent: Agent, message: Events, sealed: str, taken: Taken) -> str:
    stored = EventsStored(
        v=version_for(agent),
        company=message.company,
        agent=message.agent,
        terminal=message.terminal,
        serial=message.serial,
        series=message.series,
        answers=envelope.fingerprint(sealed),
        have=taken.have,
        clear=taken.clear,
    )
    return envelope.sign(stored, hub_keys_for(agent).sign)
