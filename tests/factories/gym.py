"""A small company with everything that sync needs, and the naive model of who should be where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django_scopes import scope

from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import Group, User
from tests.factories import world


@dataclass
class Gym:
    """Two locations in two time zones, three terminals, two groups: members open all of them, staff the office too."""

    company: Company
    administrator: Administrator
    locations: list[Location]
    agent: Agent
    terminals: list[Terminal]
    members: Group
    staff: Group
    always: TimeSchedule
    zones: list[Zone] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        return Actor(company_id=self.company.pk, administrator_id=self.administrator.pk, via="test")

    def add(self, name: str, *groups: Group, **fields: object) -> User:
        with transaction.atomic():
            user = world.user(self.company, name, *groups, **fields)  # type: ignore[arg-type]
            self.tell(user)
        return user

    def remove(self, user: User) -> None:
        with transaction.atomic(), scope(company=self.company):
            pk = user.pk
            user.delete()
            access_changed.send(sender=User, company=self.company, users={pk})

    def rename(self, user: User, name: str) -> None:
        with transaction.atomic(), scope(company=self.company):
            User.objects.filter(pk=user.pk).update(last_name=name)
            self.tell(user)

    def tell(self, *users: User) -> None:
        """What an action of a lower room says after a change; without users: everybody may be affected."""
        access_changed.send(sender=User, company=self.company, users={user.pk for user in users} or None)

    def should_hold(self, terminal: Terminal, now: datetime | None = None) -> dict[str, str]:
        """Number -> name of everybody who should be in a terminal, worked out the slow and simple way."""
        moment = (now or datetime.now(UTC)).astimezone(ZoneInfo(terminal.location.time_zone)).strftime("%Y-%m-%dT%H:%M")
        with scope(company=self.company):
            rights = AccessRight.objects.filter(zone__terminals=terminal)
            groups = {right.group_id for right in rights}
            return {
                str(user.number): user.full_name
                for user in User.objects.filter(groups__in=groups).distinct()
                if (not user.starts or user.starts <= moment) and (not user.expires or moment < user.expires)
            }


def gym(people: Iterable[str] = (), *, other: bool = False) -> Gym:
    company = world.other_company() if other else world.company(slug=f"gym-{next(world.counter)}")
    north = world.location(company, "North", "Europe/Amsterdam")
    south = world.location(company, "South", "America/New_York")
    agent = world.agent(company)
    gate, office, pool = (world.terminal(at, agent, name) for at, name in ((north, "Gate"), (north, "Office"), (south, "Pool")))
    members, staff = world.group(company, "Members"), world.group(company, "Staff")
    public, private = world.zone(company, "Public", gate, pool), world.zone(company, "Private", office)
    always = world.schedule(company)
    for group, zone in ((members, public), (staff, public), (staff, private)):
        world.right(group, zone, always)
    made = Gym(
        company=company,
        administrator=world.administrator(company),
        locations=[north, south],
        agent=agent,
        terminals=[gate, office, pool],
        members=members,
        staff=staff,
        always=always,
        zones=[public, private],
    )
    for name in people:
        world.user(company, name, members)
    with transaction.atomic():
        made.tell()
    return made
