"""What can be added: the makes that each agent has drivers for, and the terminals that it found in its network."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.hub.terminals.connection import known_makes
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.queries import nearby_terminals
from doorsync.messages.make_info import MakeInfo, NearbyTerminal

LEVELS: dict[str, Promise | str] = {
    "device": _("tried with a real device"),
    "foreign-device-side": _("tried with a device side that others wrote"),
    "foreign-clients": _("tried with our emulator, which programs of others use too"),
    "spec-only": _("tried with nothing that others wrote"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLink:
    """A make of an agent, how far its driver was tried, and the address of its form."""

    info: MakeInfo
    level: Promise | str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """A terminal that an agent found and that is not set up yet."""

    found: NearbyTerminal
    title: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChoices:
    """What one agent can add. `other`: the form for a make that is typed."""

    agent: Agent
    makes: tuple[MakeLink, ...]
    nearby: tuple[FoundLink, ...]
    other: str


def agent_choices() -> list[AgentChoices]:
    """For each agent of the company in scope."""
    return [_choices(agent) for agent in Agent.objects.order_by("name")]


def makes_here() -> list[str]:
    """The makes that come with Doorsync; an agent may have more."""
    return sorted({point.name for point in entry_points(group="doorsync.drivers")})


def _choices(agent: Agent) -> AgentChoices:
    makes = known_makes(agent)
    links = tuple(_make_link(agent, info) for info in makes.values())
    return AgentChoices(agent=agent, makes=links, nearby=tuple(_nearby(agent, makes)), other=_address(agent, make=""))


def _make_link(agent: Agent, info: MakeInfo) -> MakeLink:
    return MakeLink(info=info, level=LEVELS.get(info.level, info.level), address=_address(agent, make=info.name))


def _nearby(agent: Agent, makes: dict[str, MakeInfo]) -> list[FoundLink]:
    return [
        FoundLink(
            found=each,
            title=each.title or (makes[each.make].title if each.make in makes else each.make),
            address=_address(agent, make=each.make, address=each.address),
        )
        for each in nearby_terminals(agent)
    ]


def _address(agent: Agent, **more: str) -> str:
    return f"{reverse('doors:add')}?{urlencode({'agent': agent.pk, **more})}"
