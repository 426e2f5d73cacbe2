"""Reads of terminals that more than one room needs."""

from __future__ import annotations

import re

from django.db.models import QuerySet

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.terminals.addresses import canonical_address, example_address, without_port
from doorsync.hub.terminals.connection import known_makes
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages.make_info import MakeInfo, NearbyTerminal

HOST_END = re.compile("(?<![:/])[/#]")  # in a canonical address without port


def visible_terminals(administrator: Administrator) -> QuerySet[Terminal]:
    """The terminals of the company in scope that this administrator may see: for whoever is limited, those of their locations."""
    found = Terminal.objects.select_related("location", "agent", "company").order_by("location__name", "name")
    limit = location_limit(administrator)
    return found if limit is None else found.filter(location_id__in=limit)


def makes_of(agent: Agent) -> list[MakeInfo]:
    """The makes of terminal that this agent can drive, by title; empty before its first hello, or when it is too old to tell."""
    return sorted(known_makes(agent).values(), key=lambda make: make.title)


def nearby_terminals(agent: Agent) -> list[NearbyTerminal]:
    """What this agent found in its network and is no terminal of the company yet, by address or by serial number."""
    taken = set(Terminal.objects.filter(agent=agent).values_list("canonical_address", flat=True))
    serials = set(Terminal.objects.exclude(serial="").values_list("serial", flat=True))
    found = [NearbyTerminal.model_validate(each) for each in agent.nearby]
    return [each for each in found if taken.isdisjoint(_spellings(agent, each)) and each.serial not in serials]


def terminals_at(agent: Agent, canonical: str) -> list[Terminal]:
    """The terminals of this agent that have a canonical address, or may have it because one of the two names no port."""
    base = without_port(canonical)
    there = Terminal.objects.filter(agent=agent).exclude(canonical_address="")
    if base != canonical:
        return list(there.filter(canonical_address__in=[canonical, base]))
    alike = there.filter(canonical_address__startswith=HOST_END.split(base)[0])
    return [each for each in alike if without_port(each.canonical_address) == base]


def _spellings(agent: Agent, found: NearbyTerminal) -> set[str]:
    canonical = canonical_address(found.address, example_address(agent.makes, found.make))
    return {canonical, without_port(canonical)}
