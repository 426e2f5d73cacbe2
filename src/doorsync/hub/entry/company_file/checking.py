"""Whether a file that is right in itself fits together, and fits the company as it is: all of it, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator

from doorsync.hub.access.models import TimeSchedule, Zone
from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.entry.company_file.faults import Fault
from doorsync.hub.entry.company_file.nodes import Place
from doorsync.hub.entry.company_file.reading import Person, Reading
from doorsync.hub.entry.company_file.shapes import CompanyFile
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.details import Details, plain_card
from doorsync.hub.users.models import Credential, Group
from doorsync.hub.users.queries import lookup

Named = type[Location | Agent | Terminal | Group | Zone | TimeSchedule]
Known = dict[str, frozenset[str]]

THINGS: dict[str, Named] = {
    "locations": Location,
    "agents": Agent,
    "terminals": Terminal,
    "groups": Group,
    "zones": Zone,
    "schedules": TimeSchedule,
}


def check(reading: Reading, company: Company | None) -> Iterator[Fault]:
    """Every fault, in no order. The company must be in scope when there is one."""
    yield from reading.faults
    known = _known(reading, company)
    yield from _company(reading)
    yield from _twice(reading)
    yield from _references(reading, known)
    yield from check_people(reading.people, known["groups"], company, complete=reading.file.complete)


def check_people(
    people: Collection[Person], groups: Collection[str], company: Company | None, *, complete: bool
) -> Iterator[Fault]:
    """Faults of users alone: details, groups that are not there, ids and cards that are claimed twice."""
    yield from _claimed_twice(people, "id", lambda person: [person.user.id], "The id '{}' is somebody else's in this file.")
    yield from _claimed_twice(people, "cards", _cards, "This card is somebody else's in this file.")
    for person in people:
        for field, text in details(person, {}).faults().items():
            yield person.fault(field, text)
        for group in person.user.groups:
            if group not in groups:
                yield person.fault("groups", f"There is no group '{group}'.")
    if company and not complete:
        yield from _cards_of_others(people, company)


def details(person: Person, groups: dict[str, int]) -> Details:
    """The user of the file as it will be kept; groups that are not among these are left out."""
    user = person.user
    return Details(
        first_name=user.first_name,
        last_name=user.last_name,
        external_id=user.id,
        starts=user.starts,
        expires=user.expires,
        groups=frozenset(groups[name] for name in user.groups if name in groups),
        cards=frozenset(_cards(person)),
        pin=user.pin,
    )


def _known(reading: Reading, company: Company | None) -> Known:
    """The names that may be referred to: those of the file, and those that the company has already."""
    known = {}
    for section, model in THINGS.items():
        kept = model.objects.values_list("name", flat=True) if company else ()
        known[section] = reading.names.get(section, frozenset()) | frozenset(kept)
    return known


def _company(reading: Reading) -> Iterator[Fault]:
    code, slug = reading.file.company.code, reading.file.company.slug
    if code and Company.objects.filter(code_hash=vault.code_hash(code)).exclude(slug=slug).exists():
        yield reading.fault(("company", "code"), "Another company has this code. Codes tell companies apart.")


def _twice(reading: Reading) -> Iterator[Fault]:
    for section in (*THINGS, "administrators"):
        seen: set[str] = set()
        for number, entry in enumerate(getattr(reading.file, section)):
            name = entry if isinstance(entry, str) else getattr(entry, "name" if section in THINGS else "username")
            if name in seen:
                yield reading.fault((section, number), f"'{name}' stands twice among the {section}.")
            seen.add(name)


def _references(reading: Reading, known: Known) -> Iterator[Fault]:
    for place, section, names in _referring(reading.file):
        for name in names:
            if name not in known[section]:
                yield reading.fault(place, f"There is no {section.removesuffix('s')} '{name}'.")


def _referring(file: CompanyFile) -> Iterator[tuple[Place, str, Iterable[str]]]:
    """Where the file refers to names of which section."""
    for number, terminal in enumerate(file.terminals):
        yield ("terminals", number, "location"), "locations", [terminal.location]
        yield ("terminals", number, "agent"), "agents", [terminal.agent]
    for number, zone in enumerate(file.zones):
        yield ("zones", number, "terminals"), "terminals", zone.terminals
    for number, right in enumerate(file.rights):
        yield ("rights", number, "group"), "groups", [right.group]
        yield ("rights", number, "zone"), "zones", [right.zone]
        yield ("rights", number, "schedule"), "schedules", [right.schedule]
    for number, chosen in enumerate(administrator.filter for administrator in file.administrators):
        for section in ("locations", "terminals", "groups"):
            yield ("administrators", number, "filter", section), section, getattr(chosen, section, ())


def _claimed_twice(
    people: Iterable[Person], field: str, claims: Callable[[Person], Iterable[Hashable]], text: str
) -> Iterator[Fault]:
    owners: dict[Hashable, Person] = {}
    for person in people:
        for claim in dict.fromkeys(claims(person)):
            if owners.setdefault(claim, person) is not person:
                yield person.fault(field, text.format(claim))


def _cards(person: Person) -> list[str]:
    return [plain_card(card) for card in person.user.cards]


def _cards_of_others(people: Iterable[Person], company: Company) -> Iterator[Fault]:
    """Cards of users who are not in the file: those who are may hand theirs on."""
    claims = {lookup(company, Credential.CARD, card): person for person in people for card in _cards(person)}
    named = {person.user.id for person in people}
    taken = Credential.objects.filter(kind=Credential.CARD, lookup__in=claims).select_related("user")
    for row in taken:
        if row.user.external_id not in named:
            text = f"This card belongs to user number {row.user.number}, who is not in the file."
            yield claims[bytes(row.lookup)].fault("cards", text)
