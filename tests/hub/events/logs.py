"""A terminal with a device, and messages about its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django_scopes import scope

from doorsync.domain.door_events import CredentialUsed, EventCode
from doorsync.hub.companies.models import Company
from doorsync.hub.events.actions import Taken, take_events
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages.events import Events, LoggedEvent
from tests.factories import world

NOON = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)  # 12:00 in Amsterdam


@dataclass
class Site:
    company: Company
    agent: Agent
    terminal: Terminal

    def message(self, *events: LoggedEvent, serial: str = "S1", series: str = "a", terminal: Terminal | None = None) -> Events:
        return Events(
            company=self.company.slug,
            agent=self.agent.public_id,
            terminal=(terminal or self.terminal).public_id,
            serial=serial,
            series=series,
            events=list(events),
        )

    def take(self, *events: LoggedEvent, terminal: Terminal | None = None, **changed: str) -> Taken:
        numbers = {event.position: int(event.key) for event in events if event.key}
        message = self.message(*events, terminal=terminal, **changed)
        with scope(company=self.company), transaction.atomic():
            return take_events(agent=self.agent, terminal=terminal or self.terminal, message=message, numbers=numbers)

    def stored(self) -> list[AccessEvent]:
        with scope(company=self.company):
            return list(AccessEvent.objects.order_by("number"))

    def positions(self) -> list[int]:
        return [event.position for event in self.stored()]


def site(company: Company | None = None, *, serial: str = "S1", pinned_at: datetime = NOON - timedelta(days=1)) -> Site:
    company = company or world.company()
    at, by = world.location(company), world.agent(company)
    return Site(company, by, world.terminal(at, by, serial=serial, pinned_at=pinned_at))


def event(position: int, key: str = "", *, at: datetime = NOON, clock_off: int = 0, **changed: Any) -> LoggedEvent:
    """Somebody let in, at this moment, by a clock that is so many seconds ahead of Amsterdam's."""
    wall = (at + timedelta(hours=2, seconds=clock_off)).strftime("%Y-%m-%dT%H:%M:%S")
    fields = {"code": EventCode.GRANTED, "used": CredentialUsed.CARD, "wall": wall, "clock": wall, **changed}
    return LoggedEvent(position=position, key=key, read_at=at.strftime("%Y-%m-%dT%H:%M:%S"), **fields)


def lost(position: int, count: int) -> LoggedEvent:
    return event(position, code=EventCode.LOST, used=CredentialUsed.NOTHING, lost=count)
