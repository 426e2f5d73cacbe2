"""Check a parsed file as a whole, and against the company, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from doorsync.domain.text import normalized_text
from doorsync.hub.access.models import HolidayCalendar, TimeSchedule, Zone
from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.imports.parsing import FilePerson, Reading
from doorsync.hub.imports.schema import CompanyFile
from doorsync.hub.imports.terminal_addresses import one_device_twice, wrong_addresses
from doorsync.hub.imports.user_writes import gone_of, known_users, writes_of
from doorsync.hub.imports.yaml_loader import SourcePlace
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.actions import group_name_fault
from doorsync.hub.users.files.file_faults import FileFault
from doorsync.hub.users.models import Group
from doorsync.hub.users.validation import Problem, check_writes

Named = type[Location | Agent | Terminal | Group | Zone | HolidayCalendar | TimeSchedule]
Known = dict[str, frozenset[str]]

FIELDS = {"external_id": "id"}  # how a file calls them
GROUPS_NAMED = 20  # in a message

THINGS: dict[str, Named] = {
    "locations": Location,
    "agents": Agent,
    "terminals": Terminal,
    "groups": Group,
    "zones": Zone,
    "calendars": HolidayCalendar,
    "schedules": TimeSchedule,
}


def check_file(reading: Reading, company: Company | None) -> Iterator[FileFault]:
    """Every fault, in no order. The company must be in scope when there is one."""
    yield from reading.faults
    known = _known(reading, company)
    yield from _company(reading)
    yield from _twice(reading)
    yield from _new_groups(reading, company)
    yield from _references(reading, known)
    yield from one_device_twice(reading, company)
    yield from wrong_addresses(reading, company)
    yield from check_people(reading.people, known["groups"], company, complete=reading.complete_people)


def check_people(
    people: Sequence[FilePerson], groups: Collection[str], company: Company | None, *, complete: bool
) -> Iterator[FileFault]:
    """Faults of users alone: groups that are not there, and all that the check of every way in finds."""
    names = ", ".join(sorted(groups)[:GROUPS_NAMED]) or "none yet"
    for person in people:
        if not {normalized_text(name) for name in person.user.groups} <= set(groups):
            yield person.fault("groups", _("There is no group of this name. There are: %(names)s.") % {"names": names})
    writes = writes_of(people, {}, known_users() if company else {})
    gone = gone_of(people) if complete and company else []
    for problem in check_writes(company, writes, gone).problems:
        field = FIELDS.get(problem.field, problem.field)
        yield people[problem.index].fault(field, _told(problem, people))


def _told(problem: Problem, people: Sequence[FilePerson]) -> str:
    if problem.other is None:
        return problem.text
    place = people[problem.other].place
    if problem.field == "external_id":
        return _("The same person stands at %(place)s already. Keep one row for each person.") % {"place": place}
    return _("%(fault)s See %(place)s too.") % {"fault": problem.text, "place": place}


def _known(reading: Reading, company: Company | None) -> Known:
    """The names that may be referred to: those of the file, and those that the company has already."""
    known = {}
    for section, model in THINGS.items():
        kept = model.objects.values_list("name", flat=True) if company else ()
        known[section] = reading.names.get(section, frozenset()) | frozenset(kept)
    return known


def _company(reading: Reading) -> Iterator[FileFault]:
    code, slug = reading.file.company.code, reading.file.company.slug
    if code and Company.objects.filter(code_hash=vault.code_hash(code)).exclude(slug=slug).exists():
        yield reading.fault(("company", "code"), _("Another company has this code. Codes tell companies apart."))


def _twice(reading: Reading) -> Iterator[FileFault]:
    for section in (*THINGS, "administrators"):
        seen: set[str] = set()
        for number, entry in enumerate(getattr(reading.file, section)):
            name = entry if isinstance(entry, str) else getattr(entry, "name" if section in THINGS else "username")
            if name in seen:
                yield reading.fault((section, number), f"'{name}' stands twice among the {section}.")
            seen.add(name)


def _new_groups(reading: Reading, company: Company | None) -> Iterator[FileFault]:
    kept = set(Group.objects.values_list("name", flat=True)) if company else set()
    for number, name in enumerate(reading.file.groups):
        if name not in kept and (fault := group_name_fault(name)):
            yield reading.fault(("groups", number), fault)


def _references(reading: Reading, known: Known) -> Iterator[FileFault]:
    for place, section, names in _referring(reading.file):
        for name in names:
            if name not in known[section]:
                yield reading.fault(
                    place, _("There is no %(what)s '%(name)s'.") % {"what": section.removesuffix("s"), "name": name}
                )


def _referring(file: CompanyFile) -> Iterator[tuple[SourcePlace, str, Iterable[str]]]:
    """Where the file refers to names of which section."""
    for number, terminal in enumerate(file.terminals):
        yield ("terminals", number, "location"), "locations", [terminal.location]
        yield ("terminals", number, "agent"), "agents", [terminal.agent]
    for number, zone in enumerate(file.zones):
        yield ("zones", number, "terminals"), "terminals", zone.terminals
    for number, schedule in enumerate(file.schedules):
        yield ("schedules", number, "calendar"), "calendars", filter(None, [schedule.calendar])
    for number, right in enumerate(file.rights):
        yield ("rights", number, "group"), "groups", [right.group]
        yield ("rights", number, "zone"), "zones", [right.zone]
        yield ("rights", number, "schedule"), "schedules", [right.schedule]
    for number, chosen in enumerate(administrator.filter for administrator in file.administrators):
        for section in ("locations", "terminals", "groups"):
            yield ("administrators", number, "filter", section), section, getattr(chosen, section, ())
