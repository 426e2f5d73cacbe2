"""What a gym expects of its doors, worked out the slow and simple way: who is a member, with which card, where they may go."""

from __future__ import annotations

import itertools
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.factories.patience import PATIENCE

OPENS = {"Members": ("Gate", "Pool"), "Staff": ("Gate", "Office", "Pool")}
TERMINALS = {"Gate": "North", "Office": "North", "Pool": "South"}


@dataclass(frozen=True)
class Member:
    """One of them. `until`: the end of their stay, as a terminal writes it."""

    id: str
    last_name: str
    group: str
    card: str
    until: str = "2099-12-31T23:59"


@dataclass
class GymModel:
    """`at_doors`: who was a member when the terminals were last brought up to date; they decide by that."""

    members: dict[str, Member] = field(default_factory=dict)
    at_doors: dict[str, Member] = field(default_factory=dict)
    came: dict[str, list[tuple[str, bool]]] = field(default_factory=lambda: {name: [] for name in TERMINALS})
    _cards: itertools.count[int] = field(default_factory=lambda: itertools.count(36136500607727109))
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def join(self, group: str) -> Member:
        number = next(self._ids)
        return self.put(Member(f"M-{number}", f"Person {number}", group, self.new_card()))

    def new_card(self) -> str:
        return str(next(self._cards))

    def give_card(self, member: Member) -> Member:
        return self.put(replace(member, card=self.new_card()))

    def put(self, member: Member) -> Member:
        self.members[member.id] = member
        return member

    def is_up_to_date(self) -> None:
        self.at_doors = dict(self.members)

    def opens(self, terminal: str, card: str) -> bool:
        """Whether the door should open to this card; whoever shows it is in the log from now on."""
        holders = [each for each in self.at_doors.values() if each.card == card and terminal in OPENS[each.group]]
        self.came[terminal].append((holders[0].id if holders else "", bool(holders)))
        return bool(holders)

    def should_hold(self, terminal: str) -> dict[str, tuple[str, list[str], str]]:
        """Id -> name, cards and the end of their stay."""
        here = [each for each in self.members.values() if terminal in OPENS[each.group]]
        return {each.id: (f"Kim {each.last_name}", [each.card], each.until) for each in here}


def held(memory: Path, numbers: dict[str, str]) -> dict[str, tuple[str, list[str], str]]:
    """The same, out of a terminal's memory, past the product; `numbers`: id -> number. Everybody there may come at all hours."""
    members = {number: member for member, number in numbers.items()}
    with closing(sqlite3.connect(f"file:{memory}?mode=ro", uri=True, timeout=PATIENCE)) as base:
        hours = {key: json.loads(slots) for key, slots in base.execute("SELECT key, slots FROM schedule")}
        users = base.execute("SELECT key, name, cards, pin, schedules, until FROM user").fetchall()
    found = {}
    for key, name, cards, pin, schedules, until in users:
        assert pin == ""
        assert [hours[each] for each in json.loads(schedules)] == [[[str(day), "00:00", "24:00"] for day in range(1, 8)]]
        found[members.get(key, key)] = (name, json.loads(cards), until)
    return found
