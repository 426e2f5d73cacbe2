"""Setting up agents and terminals, and changing them. Terminals are deleted in `sync`, once they are empty."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from doorsync.domain.cards import Readers
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.renaming import rename
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.terminals import connection
from doorsync.hub.terminals.addresses import canonical_address, example_address
from doorsync.hub.terminals.errors import AddressTaken, AgentInUse, TerminalNameTaken
from doorsync.hub.terminals.identity import new_public_id
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.queries import terminals_at
from doorsync.hub.terminals.signals import terminal_moved

NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


def create_agent(*, company: Company, name: str, actor: Actor) -> Agent:
    """A new agent, still without keys: enrol it. Raises NameTaken."""
    with company_transaction(company, actor):
        if Agent.objects.filter(name=name).exists():
            raise TerminalNameTaken
        agent = Agent.objects.create(company=company, name=name, public_id=new_public_id())
        trail.record("agent.created", actor=actor, agent=agent.pk)
    return agent


def create_terminal(
    *,
    location: Location,
    agent: Agent,
    name: str,
    make: str,
    address: str,
    actor: Actor,
    secret: str = "",
    options: Mapping[str, str] = NO_OPTIONS,
) -> Terminal:
    """A new terminal, which nobody may open before it is in a zone.

    `secret` is what the make asks for, such as a comm key. Raises TerminalNameTaken, AddressTaken, AddressWithCredentials,
    WrongAddressForm, SecretTooLong, BadOption.
    """
    company = location.company
    connection.check_address(agent, make, address)
    with company_transaction(company, actor):
        if Terminal.objects.filter(name=name).exists():
            raise TerminalNameTaken
        _must_be_free(name, agent, make, address)
        terminal = Terminal.objects.create(
            company=company,
            location=location,
            agent=agent,
            name=name,
            make=make,
            address=address,
            public_id=new_public_id(),
            options=connection.checked_options(agent, make, options),
        )
        if secret:
            terminal.sealed_secret = connection.sealed_secret(terminal, secret)
            terminal.save(update_fields=["sealed_secret"])
        trail.record("terminal.created", actor=actor, terminal=terminal.pk)
    return terminal


def change_terminal(*, terminal: Terminal, location: Location, agent: Agent, make: str, address: str, actor: Actor) -> bool:
    """Move it, or reach it otherwise; says whether anything differed.

    Raises AddressTaken, AddressWithCredentials, WrongAddressForm.

    Who is reached otherwise may be another device: what it holds is unknown until it was read, and it is not given the secret of
    the one before. Whoever moves a terminal sets its secret again.
    """
    wished = {"location_id": location.pk, "agent_id": agent.pk, "make": make, "address": address}
    changed = {name: value for name, value in wished.items() if getattr(terminal, name) != value}
    if not changed:
        return False
    if changed.keys() & {"address", "make"}:  # one that was stored before stays usable
        connection.check_address(agent, make, address)
    with company_transaction(terminal.company, actor) as change:
        _must_be_free(terminal.name, agent, make, address, but=terminal)
        agent_before, moved = terminal.agent, changed.keys() - {"location_id"}
        for name, value in changed.items():
            setattr(terminal, name, value)
        terminal.epoch = 0  # what is known of it counts again once its agent has spoken of it
        terminal.sealed_secret = None if moved else terminal.sealed_secret
        terminal.save(update_fields=[*changed, "epoch", "sealed_secret"])
        trail.record("terminal.changed", actor=actor, terminal=terminal.pk)
        if moved:
            terminal_moved.send(sender=Terminal, terminal=terminal, agent_before=agent_before)
        if "location_id" in changed:
            change.affects_dates()  # another time zone, perhaps
    return True


def set_secret(*, terminal: Terminal, secret: str, actor: Actor) -> None:
    """Set what the terminal asks for, such as a comm key; "" for none. It is never shown again. Raises SecretTooLong."""
    with company_transaction(terminal.company, actor):
        terminal.sealed_secret = connection.sealed_secret(terminal, secret)
        terminal.save(update_fields=["sealed_secret"])
        trail.record("terminal.secret-set", actor=actor, terminal=terminal.pk)


def set_options(*, terminal: Terminal, options: Mapping[str, str], actor: Actor) -> bool:
    """Set the settings that only its make has; says whether anything differed. Raises BadOption."""
    wished = connection.checked_options(terminal.agent, terminal.make, options)
    if wished == terminal.options:
        return False
    with company_transaction(terminal.company, actor):
        terminal.options = wished
        terminal.save(update_fields=["options"])
        trail.record("terminal.changed", actor=actor, terminal=terminal.pk)
    return True


def set_readers(*, terminal: Terminal, readers: Readers, actor: Actor) -> bool:
    """Say how its readers show cards; says whether that differed. Whoever has a card is written there anew."""
    if readers == terminal.readers:
        return False
    with company_transaction(terminal.company, actor) as change:
        terminal.readers = readers
        terminal.save(update_fields=["readers"])
        trail.record("terminal.changed", actor=actor, terminal=terminal.pk)
        change.affects_terminal(terminal.pk)
    return True


def rename_terminal(*, terminal: Terminal, name: str, actor: Actor) -> bool:
    """Another name; says whether it differs. Raises TerminalNameTaken."""
    return rename(terminal, name=name, kind="terminal", taken=TerminalNameTaken, actor=actor)


def let_go_of_addresses(*, terminals: Collection[Terminal]) -> None:
    """They are about to be given others, perhaps each other's: until then none of them stands in another's way."""
    Terminal.objects.filter(pk__in=[terminal.pk for terminal in terminals]).update(canonical_address="")


def _must_be_free(name: str, agent: Agent, make: str, address: str, *, but: Terminal | None = None) -> None:
    there = terminals_at(agent, canonical_address(address, example_address(agent.makes, make)))
    if other := next((each for each in there if but is None or each.pk != but.pk), None):
        raise AddressTaken.between(name, other.name, address)


def change_agent_address(*, agent: Agent, url: str, actor: Actor) -> bool:
    """Let browsers find the agent elsewhere; says whether that is new."""
    if agent.url == url:
        return False
    with company_transaction(agent.company, actor):
        agent.url = url
        agent.save(update_fields=["url"])
        trail.record("agent.moved", actor=actor, agent=agent.pk)
    return True


def remove_agent(*, agent: Agent, actor: Actor) -> None:
    """Delete an agent that no terminal is reached by; its keys are worth nothing from then on. Raises AgentInUse."""
    with company_transaction(agent.company, actor):
        if names := list(Terminal.objects.filter(agent=agent).values_list("name", flat=True)):
            raise AgentInUse.by(agent.name, names)
        trail.record("agent.removed", actor=actor, agent=agent.pk)
        agent.delete()
