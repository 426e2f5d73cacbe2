"""What an import would do: who is new, changed, removed or the same, and at each door who gains and who loses access."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from doorsync.hub.companies.models import Company
from doorsync.hub.imports.access_hours import Hours, fewer_hours
from doorsync.hub.imports.door_access import Doors
from doorsync.hub.imports.double_encoding import double_encoded_people
from doorsync.hub.imports.parsing import FilePerson
from doorsync.hub.imports.repeated_people import repeated_people
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_writes import known_ids
from doorsync.hub.sync.plan import guard_counts
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.chunks import PEOPLE, Portion
from doorsync.hub.users.credential_kinds import KINDS, PIN, SECRET_COLUMNS
from doorsync.hub.users.fields import MOMENT_TEXTS
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.validation import Checked, same_values
from doorsync.hub.users.writes import Outcome, Written

LETTERS = 5  # names that show how an encoding was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One person who is new or becomes another. Of cards and PINs it is only told that they change."""

    place: str
    id: str
    name: str
    fields: dict[str, tuple[str, str]]


@dataclass(slots=True)
class Door:
    """Who gains access at a terminal, who loses it, and whom it cannot hold though they should be there.

    `fewer_hours` are groups who lose hours there. `removals` counts those who lose it and are in its
    memory; `waits`: so many are held back until their number is typed.
    """

    name: str
    gains: list[str] = field(default_factory=list)
    loses: list[str] = field(default_factory=list)
    cannot_hold: list[str] = field(default_factory=list)
    fewer_hours: list[str] = field(default_factory=list)
    removals: int = 0
    waits: bool = False


@dataclass(slots=True)
class Preview:
    """Filled portion by portion; in the company's scope until it is finished. `repeated`: rows that may name the same person.

    `double_encoded`: a sentence for each name that was encoded twice.
    """

    company: Company
    people: Sequence[FilePerson]
    checked: Checked
    gone: Sequence[User]
    encoding: str = ""
    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    removed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    double_encoded: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    _doors: dict[int, Door] = field(default_factory=dict)
    _emptied: set[int] = field(default_factory=set)
    _equipped: set[int] = field(default_factory=set)
    _groups: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._groups = dict(Group.objects.values_list("pk", "name"))
        # Now, before the attempt writes these people: compared with themselves, each would have the PIN of somebody else.
        self.warnings = list(pin_warnings(self.company, self.people, self.checked, self.gone))
        self.repeated = repeated_people(self.people, known_ids())
        self.double_encoded = double_encoded_people(self.people)

    @property
    def takes_access(self) -> bool:
        """Whether anybody loses a door, or hours at one."""
        return any(door.loses or door.fewer_hours for door in self.doors)

    @property
    def all_warnings(self) -> list[str]:
        """Each sentence that should be read before the file is taken."""
        return [*self.double_encoded, *self.warnings, *self.repeated]

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.new or self.changed or self.removed)

    @property
    def portioned(self) -> bool:
        """Whether it takes more than one transaction."""
        return len(self.new) + len(self.changed) + len(self.removed) > PEOPLE

    def add(self, portion: Portion, written: Written) -> dict[int, str]:
        """What came of one portion; returns the names of its people by number."""
        names = {user.number: user.full_name for user in portion.gone}
        self.removed += names.values()
        for index, outcome in zip(portion.indexes, written.outcomes, strict=True):
            names[outcome.user.number] = outcome.user.full_name
            if not outcome.differs:
                self.same += 1
                continue
            self._emptied |= {outcome.user.number} if outcome.opens_nothing_now else set()
            self._equipped |= {outcome.user.number} if outcome.opens_something_now else set()
            person = self.people[index]
            fields = {person.label(name): values for name, values in self._fields(outcome)}
            change = Change(place=person.place, id=person.user.id, name=outcome.user.full_name, fields=fields)
            (self.new if outcome.is_new else self.changed).append(change)
        return names

    def compare(self, before: Doors, after: Doors, names: Mapping[int, str]) -> None:
        """Who gains and who loses a door between these two, and whom a terminal cannot hold.

        Whoever loses their last card or PIN loses every door, though the terminals go on holding them. Whoever has none gains no
        door, but loses one: terminals may know a finger of theirs.
        """
        for terminal, number in after.gained_since(before):
            self._door(terminal).gains.append(names[number])
        for terminal, number in sorted(before.open - after.open):
            door = self._door(terminal)
            door.loses.append(names[number])
            door.removals += (terminal, number) in before.held
        for terminal, number in sorted(before.open & after.open) if self._emptied or self._equipped else ():
            if number in self._emptied:
                self._door(terminal).loses.append(names[number])
            elif number in self._equipped:
                self._door(terminal).gains.append(names[number])
        for terminal, number in sorted(after.refused - before.refused):
            self._door(terminal).cannot_hold.append(names[number])

    def compare_hours(self, before: Hours, after: Hours) -> None:
        """Whose hours become fewer at which door."""
        for terminal, group in fewer_hours(before, after):
            self._door(terminal).fewer_hours.append(group)

    def finish(self) -> None:
        """Put the doors in order, and look for letters that show how the file was read."""
        self._note_waiting()
        self.doors = sorted(self._doors.values(), key=lambda door: door.name)
        if self.encoding:
            names = (f"{person.user.first_name} {person.user.last_name}".strip() for person in self.people)
            self.letters = [name for name in names if not name.isascii()][:LETTERS]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "new": [_change(each) for each in self.new],
            "changed": [_change(each) for each in self.changed],
            "same": self.same,
            "removed": self.removed,
            "refused": [],
            "warnings": self.all_warnings,
            "doors": [_as_told(door) for door in self.doors],
        }

    def _note_waiting(self) -> None:
        """By the guard's own count, with what waits there already."""
        doors = {terminal: door for terminal, door in self._doors.items() if door.removals}
        seen = guard_counts.guard_counts(self.company, doors, timezone.now())
        for terminal, door in doors.items():
            door.waits = door.removals + seen[terminal].losing > seen[terminal].free

    def _door(self, terminal: int) -> Door:
        if terminal not in self._doors:
            self._doors[terminal] = Door(Terminal.objects.get(pk=terminal).name)
        return self._doors[terminal]

    def _fields(self, outcome: Outcome) -> Iterator[tuple[str, tuple[str, str]]]:
        for name, (old, new) in outcome.values.items():
            if name != "external_id":
                yield name, (_told(name, old), _told(name, new))
        if outcome.groups.differ:
            had, has = outcome.groups.change
            yield "groups", (self._named(had), self._named(has))
        for kind in outcome.kinds:
            yield KINDS[kind].column, ("", "")

    def _named(self, groups: Sequence[int]) -> str:
        return ", ".join(sorted(self._groups[group] for group in groups))


def _told(name: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return MOMENT_TEXTS[name](value) if name in MOMENT_TEXTS else value


def pin_warnings(company: Company, people: Sequence[FilePerson], checked: Checked, gone: Sequence[User]) -> Iterator[str]:
    """A sentence for each PIN that more than one person will have, found before anything is written. It names the people only."""
    shared: dict[int, list[str]] = defaultdict(list)
    for index, other, user in same_values(company, PIN, checked.writes, gone):
        if other is not None:
            shared[other].append(people[index].place)
        elif user is not None:
            shared[index].append(_("%(name)s (number %(number)s)") % {"name": user.full_name, "number": user.number})
    for index, others in sorted(shared.items()):
        text = _("%(first)s and %(others)s have the same PIN: a door that takes a PIN alone cannot tell them apart.")
        if len(others) > 3:
            text = _("%(first)s, %(others)s and others have the same PIN: a door that takes a PIN alone cannot tell them apart.")
        yield text % {"first": people[index].place, "others": ", ".join(others[:3])}


@dataclass(frozen=True, slots=True)
class Tried:
    """What would happen to people, and what would be added, changed and removed besides them."""

    people: Preview
    besides: Summary = field(default_factory=Summary)

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return self.people.empty and not self.besides.counts

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {**self.people.as_json(), "besides": self.besides.as_json()}


def _as_told(door: Door) -> dict[str, Any]:
    told = asdict(door)
    del told["removals"]  # a part of those who lose access
    return {"terminal": told.pop("name"), **told}


def _change(change: Change) -> dict[str, Any]:
    fields: dict[str, Any] = {name: {"old": old, "new": new} for name, (old, new) in change.fields.items()}
    for name in SECRET_COLUMNS:
        if name in fields:
            fields[name] = "changed"
    return {"place": change.place, "id": change.id, "name": change.name, "fields": fields}
