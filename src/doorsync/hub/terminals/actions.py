"""Setting up agents and terminals, and changing them. Terminals are not removed here: first they have to forget everybody."""

from __future__ import annotations

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.changing import changing
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.terminals.errors import NameTaken
from doorsync.hub.terminals.identity import new_public_id
from doorsync.hub.terminals.models import Agent, Terminal


def create_agent(*, company: Company, name: str, actor: Actor) -> Agent:
    """A new agent, still without keys: enrol it. Raises NameTaken."""
    with changing(company, actor):
        if Agent.objects.filter(name=name).exists():
            raise NameTaken
        agent = Agent.objects.create(company=company, name=name, public_id=new_public_id())
        trail.record("agent.created", actor=actor, agent=agent.pk)
    return agent


def create_terminal(*, location: Location, agent: Agent, name: str, make: str, address: str, actor: Actor) -> Terminal:
    """A new terminal, which nobody may open before it is in a zone. Raises NameTaken."""
    company = location.company
    with changing(company, actor):
        if Terminal.objects.filter(name=name).exists():
            raise NameTaken
        terminal = Terminal.objects.create(
            company=company,
            location=location,
            agent=agent,
            name=name,
            make=make,
            address=address,
            public_id=new_public_id(),
        )
        trail.record("terminal.created", actor=actor, terminal=terminal.pk)
    return terminal


def change_terminal(*, terminal: Terminal, location: Location, agent: Agent, make: str, address: str, actor: Actor) -> bool:
    """Move it, or reach it otherwise; says whether anything differed."""
    wished = {"location_id": location.pk, "agent_id": agent.pk, "make": make, "address": address}
    changed = {name: value for name, value in wished.items() if getattr(terminal, name) != value}
    if not changed:
        return False
    with changing(terminal.company, actor) as change:
        for name, value in changed.items():
            setattr(terminal, name, value)
        terminal.epoch = 0  # what is known of it counts again once its agent has spoken of it
        terminal.save(update_fields=[*changed, "epoch"])
        trail.record("terminal.changed", actor=actor, terminal=terminal.pk)
        if "location_id" in changed:
            change.affects_everybody()  # another time zone, perhaps
    return True


def change_agent_address(*, agent: Agent, url: str, actor: Actor) -> bool:
    """Let browsers find the agent elsewhere; says whether that is new."""
    if agent.url == url:
        return False
    with changing(agent.company, actor):
        agent.url = url
        agent.save(update_fields=["url"])
        trail.record("agent.moved", actor=actor, agent=agent.pk)
    return True
