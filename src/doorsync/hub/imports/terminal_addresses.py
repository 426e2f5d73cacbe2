"""Check the addresses of terminals: their form, and that no two of one agent have the same."""

from __future__ import annotations

from collections.abc import Iterator

from doorsync.hub.companies.models import Company
from doorsync.hub.imports.parsing import Reading
from doorsync.hub.terminals.addresses import TakenAddresses, canonical_address, example_address
from doorsync.hub.terminals.connection import check_address
from doorsync.hub.terminals.errors import AddressTaken, TerminalsError
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.files.file_faults import FileFault


def one_device_twice(reading: Reading, company: Company | None) -> Iterator[FileFault]:
    """A fault for each address that another terminal has, in this file or in the company as it will be."""
    taken = _of_the_others({section.name for section in reading.file.terminals}) if company else TakenAddresses()
    makes = dict(Agent.objects.values_list("name", "makes")) if company else {}
    for number, section in enumerate(reading.file.terminals):
        example = example_address(makes.get(section.agent, ()), section.make)
        other = taken.claim(section.agent, canonical_address(section.address, example), section.name)
        if other != section.name:
            told = AddressTaken.between(section.name, other, section.address)
            yield reading.fault(("terminals", number, "address"), str(told))


def wrong_addresses(reading: Reading, company: Company | None) -> Iterator[FileFault]:
    """A fault for each address that its make cannot have. One that is stored so already is taken on."""
    agents = {agent.name: agent for agent in Agent.objects.all()} if company else {}
    stored = set(Terminal.objects.values_list("name", "make", "address")) if company else set()
    for number, section in enumerate(reading.file.terminals):
        if (section.name, section.make, section.address) in stored:
            continue
        try:
            check_address(agents.get(section.agent), section.make, section.address)
        except TerminalsError as error:
            yield reading.fault(("terminals", number, "address"), f"address: {error}")


def _of_the_others(named: set[str]) -> TakenAddresses:
    """Where the terminals are that the file does not name."""
    taken = TakenAddresses()
    kept = Terminal.objects.exclude(name__in=named).exclude(canonical_address="")
    for agent, canonical, name in kept.values_list("agent__name", "canonical_address", "name"):
        taken.claim(agent, canonical, name)
    return taken
