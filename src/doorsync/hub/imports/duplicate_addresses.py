"""Check that no two terminals of one agent have the same address."""

from __future__ import annotations

from collections.abc import Iterator

from doorsync.hub.companies.models import Company
from doorsync.hub.imports.parsing import Reading
from doorsync.hub.terminals.addresses import canonical_address
from doorsync.hub.terminals.errors import AddressTaken
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.files.file_faults import FileFault

At = tuple[str, str]  # agent, address


def one_device_twice(reading: Reading, company: Company | None) -> Iterator[FileFault]:
    """A fault for each address that another terminal has, in this file or in the company as it will be."""
    taken = _of_the_others({section.name for section in reading.file.terminals}) if company else {}
    for number, section in enumerate(reading.file.terminals):
        other = taken.setdefault((section.agent, canonical_address(section.address)), section.name)
        if other != section.name:
            told = AddressTaken.between(section.name, other, section.address)
            yield reading.fault(("terminals", number, "address"), str(told))


def _of_the_others(named: set[str]) -> dict[At, str]:
    """Where the terminals are that the file does not name."""
    kept = Terminal.objects.exclude(name__in=named).values_list("agent__name", "canonical_address", "name")
    return {(agent, at): name for agent, at, name in kept}
