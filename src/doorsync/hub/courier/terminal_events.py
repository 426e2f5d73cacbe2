"""Take the events that an agent brings, and answer what the hub has stored of them, signed."""

from __future__ import annotations

from django.db import transaction
from django_scopes import scope

from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.courier.agent_checks import audited, require_agent
from doorsync.hub.courier.event_people import EventPeople
from doorsync.hub.events.actions import Taken, take_events
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for, version_for
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.errors import UnknownDevice
from doorsync.messages.events import Events, EventsStored


def store_events(agent: Agent, sealed: str) -> str:
    """Store the events; returns the signed answer. Raises a MessageRefused, and then nothing was stored."""
    with scope(company=agent.company), audited(agent):
        message = envelope.unseal(sealed, Events, hub_keys_for(agent), agent_keys(agent))
        require_agent(message, agent)
        return _answer(agent, message, sealed, _take(agent, message))


@transaction.atomic
def _take(agent: Agent, message: Events) -> Taken:
    """Read and store under one lock: which device the terminal is, and who is kept there, may be changed at this moment."""
    lock_company(agent.company)
    terminal = _terminal_of(agent, message)
    people = EventPeople.of(terminal, message.events)
    return take_events(agent=agent, terminal=terminal, message=people.without_keys(message), numbers=people.numbers)


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
