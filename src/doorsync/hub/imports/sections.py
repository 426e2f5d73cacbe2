"""The sections of a company file but its people and administrators, each made true by the actions of its room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from doorsync.hub.access import actions as access
from doorsync.hub.access import holiday_actions as holidays
from doorsync.hub.access.models import AccessRight, HolidayCalendar, TimeSchedule, Zone
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import actions as companies
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.imports.schema import CalendarSection, CompanyFile
from doorsync.hub.imports.summary import Summary
from doorsync.hub.terminals import actions as terminals
from doorsync.hub.terminals.connection import secret_of
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users import actions as users
from doorsync.hub.users.models import Group

M = TypeVar("M", bound=TenantModel)


@dataclass(frozen=True, slots=True)
class Arranging:
    """One file and one company; all in the company's scope and the caller's transaction."""

    company: Company
    file: CompanyFile
    actor: Actor
    summary: Summary

    def places(self) -> None:
        """Locations, agents, terminals."""
        kept = by_name(Location)
        for section in self.file.locations:
            if location := kept.get(section.name):
                differed = companies.change_time_zone(location=location, time_zone=section.time_zone, actor=self.actor)
                self.summary.note(differed, "location")
            else:
                companies.create_location(company=self.company, name=section.name, time_zone=section.time_zone, actor=self.actor)
                self.summary.add("added", "location")
        for name in [name for name in self.file.agents if name not in by_name(Agent)]:
            terminals.create_agent(company=self.company, name=name, actor=self.actor)
            self.summary.add("added", "agent")
        self._terminals()

    def _terminals(self) -> None:
        kept, locations, agents = by_name(Terminal), by_name(Location), by_name(Agent)
        addresses = {section.name: section.address for section in self.file.terminals}
        moving = [each for name, each in kept.items() if each.address != addresses.get(name, each.address)]
        terminals.let_go_of_addresses(terminals=moving)
        for section in self.file.terminals:
            location, agent = locations[section.location], agents[section.agent]
            if terminal := kept.get(section.name):
                differed = terminals.change_terminal(
                    terminal=terminal,
                    location=location,
                    agent=agent,
                    make=section.make,
                    address=section.address,
                    actor=self.actor,
                )
                if section.secret is not None and section.secret != secret_of(terminal):
                    terminals.set_secret(terminal=terminal, secret=section.secret, actor=self.actor)
                    differed = True
                self.summary.note(differed, "terminal")
            else:
                terminals.create_terminal(
                    location=location,
                    agent=agent,
                    name=section.name,
                    make=section.make,
                    address=section.address,
                    actor=self.actor,
                    secret=section.secret or "",
                )
                self.summary.add("added", "terminal")

    def access(self) -> None:
        """Groups, zones, holiday calendars, time schedules, access rights."""
        for name in [name for name in self.file.groups if name not in by_name(Group)]:
            users.create_group(company=self.company, name=name, actor=self.actor)
            self.summary.add("added", "group")
        self._zones()
        self._calendars()
        self._schedules()
        self._rights()

    def _zones(self) -> None:
        kept, doors = by_name(Zone), by_name(Terminal)
        for section in self.file.zones:
            chosen = [doors[name] for name in section.terminals]
            if (zone := kept.get(section.name)) and "terminals" not in section.model_fields_set:
                continue
            if zone:
                self.summary.note(access.change_zone(zone=zone, terminals=chosen, actor=self.actor), "zone")
            else:
                access.create_zone(company=self.company, name=section.name, terminals=chosen, actor=self.actor)
                self.summary.add("added", "zone")

    def _calendars(self) -> None:
        kept = by_name(HolidayCalendar)
        for section in self.file.calendars:
            if (calendar := kept.get(section.name)) is None:
                calendar = holidays.create_calendar(company=self.company, name=section.name, actor=self.actor)
                self._holidays(calendar, section)
                self.summary.add("added", "holiday calendar")
            elif "holidays" in section.model_fields_set:
                self.summary.note(self._holidays(calendar, section), "holiday calendar")

    def _holidays(self, calendar: HolidayCalendar, section: CalendarSection) -> bool:
        """The holidays of the section are those of the calendar from now on; says whether that differed."""
        named = {(each.rule, each.name) for each in section.holidays}
        kept = {(holiday.rule, holiday.name): holiday for holiday in calendar.holidays.select_related("company")}
        for holiday in (kept[key] for key in kept.keys() - named):
            holidays.remove_holiday(holiday=holiday, actor=self.actor)
        for rule, name in sorted(named - kept.keys(), key=lambda each: each[0].first):
            hours = (rule.start, rule.end)
            holidays.add_holiday(calendar=calendar, name=name, first=rule.first, last=rule.last, hours=hours, actor=self.actor)
        return named != kept.keys()

    def _schedules(self) -> None:
        kept, calendars = by_name(TimeSchedule), by_name(HolidayCalendar)
        for section in self.file.schedules:
            schedule = kept.get(section.name)
            is_new, differs = schedule is None, False
            if schedule is None:
                schedule = access.create_schedule(company=self.company, name=section.name, slots=section.slots, actor=self.actor)
                self.summary.add("added", "time schedule")
            else:
                differs = access.change_schedule(schedule=schedule, slots=section.slots, actor=self.actor)
            if section.calendar is not None:
                calendar = calendars.get(section.calendar)
                differs |= holidays.follow_calendar(schedule=schedule, calendar=calendar, actor=self.actor)
            self.summary.note(differs and not is_new, "time schedule")

    def _rights(self) -> None:
        groups, zones, schedules = by_name(Group), by_name(Zone), by_name(TimeSchedule)
        named = {(groups[r.group].pk, zones[r.zone].pk, schedules[r.schedule].pk) for r in self.file.rights}
        kept = {
            (right.group_id, right.zone_id, right.schedule_id): right for right in AccessRight.objects.select_related("company")
        }
        complete = self.file.complete and "rights" in self.file.model_fields_set
        for section in self.file.rights:
            zone, schedule = zones[section.zone], schedules[section.schedule]
            new = access.grant(group=groups[section.group], zone=zone, schedule=schedule, actor=self.actor)
            self.summary.add("added", "access right", int(new))
        for key, right in kept.items():
            if complete and key not in named:
                access.withdraw(right=right, actor=self.actor)
                self.summary.add("removed", "access right")


def by_name(model: type[M]) -> dict[str, M]:
    """All rows of the company in scope, by name."""
    return {str(getattr(row, "name")): row for row in model.objects.select_related("company")}  # noqa: B009  # each of them has one
