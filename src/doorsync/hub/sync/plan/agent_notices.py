"""What the sync page says about the agents of the chosen terminals: in quarantine, silent, or not enrolled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.terminals.agent_status import clock_time
from doorsync.hub.terminals.connectivity import silent_since
from doorsync.hub.terminals.hub_rotation import must_be_enrolled
from doorsync.hub.terminals.models import Agent, Terminal

NAMED = 5  # terminals


def agent_obstacle(terminals: Iterable[Terminal]) -> str:
    """Why no agent of these terminals can be used; empty when at least one can."""
    agents = _agents(terminals)
    bare = [agent.name for agent in agents if not agent.keys or must_be_enrolled(agent)]
    shut = [agent for agent in agents if agent.quarantined]
    if len(bare) + len([agent for agent in shut if agent.name not in bare]) < len(agents):
        return ""
    if shut:
        return _in_quarantine(shut[0])
    return _("No agent can reach these terminals yet: %(names)s has to be enrolled first.") % {"names": ", ".join(bare)}


def agent_notices(terminals: Iterable[Terminal], now: datetime) -> tuple[str, ...]:
    """A sentence for each agent that needs attention, and one about a restore that was noticed."""
    terminals = list(terminals)
    zones: dict[int, ZoneInfo] = {}
    for terminal in terminals:
        zones.setdefault(terminal.agent_id, terminal.location.zone)
    told = []
    for agent in _agents(terminals):
        if agent.quarantined:
            told.append(_in_quarantine(agent))
        elif must_be_enrolled(agent):
            told.append(_("The agent “%(name)s” has to be enrolled again: it trusts expired hub keys.") % {"name": agent.name})
        elif since := silent_since(agent, now):
            text = _("The agent “%(name)s” has not been heard of since %(at)s. Does it run, and is its network connected?")
            told.append(text % {"name": agent.name, "at": clock_time(since, now, zones[agent.pk])})
    return (*_after_restore(terminals, now), *told)


def _after_restore(terminals: Iterable[Terminal], now: datetime) -> Iterator[str]:
    held = sorted((each for each in terminals if each.restored_at), key=lambda each: each.name)
    if not held:
        return
    first = held[0]
    text = ngettext(
        "A backup was restored, as was noticed at %(at)s: "
        "whoever was removed or lost a card since that backup may be back in this list. "
        "At %(names)s only removals are sent by themselves, until Sync is pressed for everybody. Look through who is new first.",
        "A backup was restored, as was noticed at %(at)s: "
        "whoever was removed or lost a card since that backup may be back in this list. "
        "At %(n)s terminals (%(names)s) only removals are sent by themselves, until Sync is pressed for everybody. "
        "Look through who is new first.",
        len(held),
    )
    names = ", ".join(each.name for each in held[:NAMED]) + (", …" if len(held) > NAMED else "")
    yield text % {"at": clock_time(first.restored_at or now, now, first.location.zone), "n": len(held), "names": names}


def _agents(terminals: Iterable[Terminal]) -> list[Agent]:
    found = {terminal.agent_id: terminal.agent for terminal in terminals}
    return sorted(found.values(), key=lambda agent: agent.name)


def _in_quarantine(agent: Agent) -> str:
    return _("The agent “%(name)s” is in quarantine. %(why)s") % {
        "name": agent.name,
        "why": describe_selection(agent.quarantined),
    }
