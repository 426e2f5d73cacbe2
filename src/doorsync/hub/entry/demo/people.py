"""The demo's people: as the terminals know them, and as they are now. Made from a seed, so that every demo looks alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import date, timedelta
from importlib.resources import files
from random import Random

SEED = 2026
# How many people are in which groups.
SORTS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (152, ("Members",)),
    (24, ("Members", "Early birds")),
    (32, ("Guests",)),
    (12, ("Trainers",)),
    (22, ("Staff",)),
    (8, ("Cleaners",)),
)
NEW: tuple[tuple[int, tuple[str, ...]], ...] = (
    (8, ("Members",)),
    (2, ("Members", "Early birds")),
    (2, ("Guests",)),
    (1, ("Staff",)),
    (1, ("Trainers",)),  # who brings two cards, and the staff entrance takes one
)
LEFT = {"Members": 4, "Guests": 1, "Staff": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row of the people's file; the fields are its columns."""

    id: str
    first_name: str
    last_name: str
    groups: tuple[str, ...]
    cards: tuple[str, ...] = field(repr=False)
    pin: str = field(default="", repr=False)
    starts: str = ""
    expires: str = ""


def before(today: date) -> list[Person]:
    """The people whom the terminals are told of first."""
    return _Maker(SEED, today).people(SORTS)


def after(today: date) -> list[Person]:
    """The people as they are now: some are new, some changed, some left."""
    people = before(today)
    chance = Random(SEED + 1)
    left = {person.id for group, number in LEFT.items() for person in chance.sample(_only(people, group), number)}
    staying = [person for person in people if person.id not in left]
    changed = _changed(staying, _Maker(SEED + 2, today), chance)
    fresh = _Maker(SEED + 3, today, first_id=9001).people(NEW)
    fresh[-1] = replace(fresh[-1], cards=(*fresh[-1].cards, "4294000001"))
    return [changed.get(person.id, person) for person in staying] + fresh


def as_csv(people: Sequence[Person]) -> str:
    """The people's file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in fields(Person))
    for person in people:
        writer.writerow("|".join(cell) if isinstance(cell, tuple) else cell for cell in astuple(person))
    return text.getvalue()


class _Maker:
    """Makes people; the same seed makes the same ones."""

    def __init__(self, seed: int, today: date, first_id: int = 1001) -> None:
        self.chance, self.today, self.next_id = Random(seed), today, first_id
        names = [(first, last) for first in _names("first") for last in _names("last")]
        self.names = iter(self.chance.sample(names, 600))
        self.cards = iter(self.chance.sample(range(10**9, 2**32), 600))  # as readers of 32 bits show them

    def people(self, sorts: Sequence[tuple[int, tuple[str, ...]]]) -> list[Person]:
        """So many of each sort."""
        return [self.person(groups) for number, groups in sorts for _ in range(number)]

    def person(self, groups: tuple[str, ...]) -> Person:
        """One person of these groups."""
        first, last = next(self.names)
        self.next_id += 1
        return Person(
            id=str(self.next_id),
            first_name=first,
            last_name=last,
            groups=groups,
            cards=(self.card(),) if self.chance.random() < 0.9 else (),
            pin=self.pin() if self.chance.random() < 0.4 else "",
            starts=self.day(7, 20) if self.chance.random() < 0.02 else "",
            expires=self.day(30, 400) if "Guests" in groups or self.chance.random() < 0.2 else "",
        )

    def card(self) -> str:
        """A card number that nobody has."""
        return str(next(self.cards))

    def pin(self) -> str:
        """Five digits."""
        return f"{self.chance.randrange(100_000):05d}"

    def day(self, soonest: int, latest: int) -> str:
        """A day so many days from the demo's first one."""
        return (self.today + timedelta(days=self.chance.randint(soonest, latest))).isoformat()


def _names(which: str) -> list[str]:
    return files(__package__).joinpath(f"{which}-names.txt").read_text(encoding="utf-8").split()


def _only(people: Sequence[Person], group: str) -> list[Person]:
    return [person for person in people if person.groups == (group,) and not person.starts]


def _changed(people: Sequence[Person], maker: _Maker, chance: Random) -> dict[str, Person]:
    """Nine people: lost cards, forgotten PINs, longer memberships, an early bird, a wedding."""
    chosen = chance.sample(_only(people, "Members"), 8)
    chosen += chance.sample(_only(people, "Trainers"), 1)
    lost_card, pin, longer, early, wed = chosen[:3], chosen[3:5], chosen[5:7], chosen[7], chosen[8]
    changed = [replace(person, cards=(maker.card(),)) for person in lost_card]
    changed += [replace(person, pin=maker.pin()) for person in pin]
    changed += [replace(person, expires=maker.day(500, 700)) for person in longer]
    changed += [replace(early, groups=("Members", "Early birds")), replace(wed, last_name=f"{wed.last_name}-Smits")]
    return {person.id: person for person in changed}
