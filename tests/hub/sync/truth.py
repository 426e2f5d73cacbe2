"""The naive model: who should be in which terminal, kept in dictionaries, and what is wrong with what the hub says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import HoldingState

Place = tuple[Kind, str]
Memory = dict[Place, dict[str, object]]
Groups = frozenset[str] | None  # names of those to whom a run is limited, or the one user's number; None: everybody


@dataclass
class Person:
    """A user as the schedule made him. `starts` and `expires` are wall clocks of each terminal, or empty."""

    name: str
    groups: set[str]
    starts: str = ""
    expires: str = ""
    card: str = ""


@dataclass
class Truth:
    """People by number, the zone of each terminal, the terminals that each group opens, and the one time schedule."""

    zones: dict[str, ZoneInfo]
    opens: dict[str, set[str]]
    schedule: Place
    hours: dict[str, object]
    people: dict[str, Person] = field(default_factory=dict)
    only_cards: bool = False  # nobody without a card can be held

    def wanted(self, terminal: str, now: datetime) -> Memory:
        """All that this terminal should hold at this moment."""
        wall = now.astimezone(self.zones[terminal]).strftime("%Y-%m-%dT%H:%M")
        opened = {group for group, terminals in self.opens.items() if terminal in terminals}
        memory: Memory = {self.schedule: self.hours} if opened else {}
        for key, person in self.people.items():
            valid = (not person.starts or person.starts <= wall) and (not person.expires or wall < person.expires)
            if valid and person.groups & opened and (person.card or not self.only_cards):
                memory[Kind.USER, key] = self._fields(person)
        return memory

    def members(self, groups: Groups) -> frozenset[str]:
        """The numbers of those whom a run may add or change."""
        return frozenset(key for key, person in self.people.items() if groups is None or groups & {key, *person.groups})

    def differences(
        self, terminal: str, memory: Memory, now: datetime, groups: Groups = None, *, only_taking: bool = False
    ) -> Iterator[str]:
        """What keeps a terminal from being up to date, for a run limited to these groups, or to what takes away."""
        wanted, members = self.wanted(terminal, now), self.members(groups)
        yield from (f"{place} is still in {terminal}" for place in memory if place not in wanted)
        for place in memory.keys() & wanted.keys():
            if takes_away(memory[place], wanted[place]):
                yield f"{place} may do more in {terminal} than {wanted[place]}: {memory[place]}"
        for place, fields in () if only_taking else wanted.items():
            if (place[0] is Kind.SCHEDULE or place[1] in members) and memory.get(place) != fields:
                yield f"{terminal} should hold {fields} as {place}, and holds {memory.get(place)}"

    def lies(
        self,
        terminal: str,
        memory: Memory,
        now: datetime,
        states: Mapping[Place, int],
        *,
        busy: bool,
        refreshing: Collection[Place] = (),
    ) -> Iterator[str]:
        """What the hub's holdings say of a terminal and is not so. Nothing is called the same while a batch is under way.

        `refreshing`: people for whom a change is still being worked out; they need only be remembered.
        """
        wanted = self.wanted(terminal, now)
        for place in sorted({*memory, *wanted, *states}):
            state, right = states.get(place), memory.get(place) == wanted.get(place)
            if state is None and place in memory:
                yield f"lost: {place} is in {terminal}, and no holding remembers it"
            elif place in refreshing:
                continue
            elif place in memory and place not in wanted and state != HoldingState.REMOVE:
                yield f"lost: {place} is in {terminal} and should not be, and is no removal but {state}"
            elif place in wanted and state not in (HoldingState.SAME, HoldingState.CHANGED, HoldingState.NEW):
                yield f"stale: {place} should be in {terminal}, and is {state}"
            elif state == HoldingState.SAME and not right and not busy:
                yield f"false: {place} is called the same in {terminal}, which holds {memory.get(place)}"

    def _fields(self, person: Person) -> dict[str, object]:
        return {
            "name": person.name,
            "cards": [person.card] if person.card else [],
            "pin": "",
            "schedules": [self.schedule[1]],
            "until": person.expires,
        }


def takes_away(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Whether a person may do less by the second record, or for a shorter time."""
    if "cards" not in before:
        return False
    return bool(set(_cards(before)) - set(_cards(after))) or _end(after) < _end(before)


def only_longer(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Whether the second record lets the same go on for longer."""
    return _cards(before) == _cards(after) and _end(before) < _end(after)


def _cards(fields: Mapping[str, object]) -> list[str]:
    cards = fields["cards"]
    assert isinstance(cards, list)
    return cards


def _end(fields: Mapping[str, object]) -> str:
    return str(fields["until"]) or "9999"
