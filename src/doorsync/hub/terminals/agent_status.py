"""The status of agents, as text that the agents page and the sync page share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doorsync.hub.companies.models import Location
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.terminals.connectivity import heard_at, silent_since
from doorsync.hub.terminals.hub_rotation import must_be_enrolled
from doorsync.hub.terminals.models import Agent
from doorsync.messages.errors import OtherHubKeys


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """One agent, its state as a word, and a sentence about it."""

    agent: Agent
    tone: str
    icon: str
    word: str
    told: str


def agents_with_status(now: datetime) -> list[AgentStatus]:
    """The status of all agents of the company in scope."""
    zone = _zone()
    return [agent_status(agent, now, zone) for agent in Agent.objects.order_by("name")]


def agent_status(agent: Agent, now: datetime, zone: ZoneInfo) -> AgentStatus:
    """The agent's status. Quarantine and missing keys come first, then silence."""
    if shut := _shut_out(agent):
        return shut
    if since := silent_since(agent, now):
        return AgentStatus(agent, "bad", "unplugged", _("silent"), silent_words(since, now, zone))
    if heard := heard_at(agent):
        return AgentStatus(
            agent, "good", "check", _("connected"), _("Last heard of %(at)s.") % {"at": clock_time(heard, now, zone)}
        )
    if agent.seen_at:
        told = _("A browser carried for it; last heard of %(at)s.") % {"at": clock_time(agent.seen_at, now, zone)}
        return AgentStatus(agent, "", "clock", _("enrolled"), told)
    return AgentStatus(agent, "", "clock", _("enrolled"), _("It has not been heard of yet."))


def _shut_out(agent: Agent) -> AgentStatus | None:
    if agent.quarantined:
        return AgentStatus(agent, "bad", "warning", _("in quarantine"), describe_selection(agent.quarantined))
    if not agent.keys:
        return AgentStatus(agent, "", "blank", _("never enrolled"), "")
    if must_be_enrolled(agent):
        return AgentStatus(agent, "bad", "warning", _("to be enrolled again"), str(OtherHubKeys()))
    return None


def silent_words(since: datetime, now: datetime, zone: ZoneInfo) -> str:
    """What the pages say about a silent agent."""
    return _("It has not been heard of since %(at)s. Does it run, and is its network connected?") % {
        "at": clock_time(since, now, zone)
    }


def clock_time(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """`18:05 CET`, with the day if it is not today's, and with the year if it is not this year's."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    day = "" if local.date() == today.date() else "j M, " if local.year == today.year else "j M Y, "
    return f"{date_format(local, f'{day}H:i')} {_zone_name(local)}"


def _zone_name(local: datetime) -> str:
    """`CET`, or `UTC-03` for zones without an abbreviation."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def _zone() -> ZoneInfo:
    location = Location.objects.order_by("pk").first()
    return location.zone if location else ZoneInfo("UTC")
