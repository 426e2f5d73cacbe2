"""Random calls of the operations on users, from a seed, against the real service; `plain_rules` knows what must come of them."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import time_machine
from django_scopes import scope

from doorsync.hub.companies.models import Company as CompanyRow
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.rendering import load_facts, render_user
from doorsync.hub.sync.holdings.wanted_refresh import digest_key
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.models import Group, InfoField, User
from tests.factories import esws
from tests.factories.gym import gym
from tests.hub.esws.plain_rules import Company, Given

NOW = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)  # still the 9th in New York
UPDATES = ("updateUser", "updateUser2", "updateUserAltId", "updateUserContractor")
OPERATIONS = {**dict.fromkeys(UPDATES, 4), "deleteUser": 3, "updateCard": 2, "setQR": 1, "deleteQR": 1, "getQR": 1}
OPENED_BY = {"Gate": {"Members", "Staff"}, "Pool": {"Members", "Staff"}, "Office": {"Staff"}}
ALT_IDS = ["a", "b", "c", "d"]
CARDS = ["", "111", "0222", "9", "0", "5x"]
GOOD_DATES = [
    "",
    "2026-01-01",
    "2026-06-09 20:00",
    "2026-06-10 04:00:30",
    "2026-07-01 10:00:59",
    "2026-06-01",
    "2027-01-01",
]
DATES = [*GOOD_DATES * 3, "31-12-2026"]
POOLS: dict[str, list[str]] = {
    "p_Achternaam": ["Ali", "Bo", "Zoë Ł", ""],
    "p_Voornaam": ["", "C", "D"],
    "p_PIN": ["", "1234", "56789", "x1"],
    "p_StartDate": DATES,
    "p_ExpireDate": DATES,
    "p_cardId": ["", "111", "0222", "333", "444", "Remove", "remove", "0", "bad"],
    "p_cardCustom": ["", "", "0", "9", "111"],
    "groups": ["", "Members", "Staff", "Members;Staff", "Staff;", "Extra", "Members;Nobody"],
    "p_groupUpdate": ["", "0", "1"],
    "info3": [*ALT_IDS, ""],
}


class Mismatch(AssertionError):
    """The service and the plain rules came to different ends."""


class Calls:
    """A gym and the plain rules of the same gym. Nothing is in it; after each call both are compared."""

    def __init__(self, seed: int, *, branches: bool) -> None:
        self.random, self.seed = random.Random(seed), seed
        self.club = gym()
        self.company = CompanyRow.objects.get(pk=self.club.company.pk)
        CompanyRow.objects.filter(pk=self.company.pk).update(branches=branches)
        self.places = {each.name: str(each.pk) for each in self.club.locations}
        north = self.places["North"]
        with scope(company=self.company):
            InfoField.objects.create(company=self.company, number=3, label="Member", function="external_id")
            if branches:
                Group.objects.filter(name="Staff").update(location=self.club.locations[0])
        self.rules = Company(
            branches=branches,
            groups={"Members": "", "Staff": north if branches else ""},
            places=frozenset(self.places.values()),
            openers={
                place: frozenset().union(
                    *(OPENED_BY[each.name] for each in self.club.terminals if str(each.location_id) == place)
                )
                for place in self.places.values()
            },
            now=NOW,
        )
        self.happened: Counter[str] = Counter()
        self.story: list[str] = []

    def run(self, count: int) -> None:
        """So many calls. Raises Mismatch with the last of them."""
        with time_machine.travel(NOW, tick=False):
            for _ in range(count):
                self._one()

    def _one(self) -> None:
        operation = self.random.choices(list(OPERATIONS), list(OPERATIONS.values()))[0]
        said = self._values(operation)
        expected = self.rules.answer(operation, said)
        got = self._plain(operation, esws.send(operation, **self._written(operation, said)).text)
        self.story.append(f"{operation}({said}) -> {got}")
        self.happened[expected if not expected.isdigit() else "a number"] += 1
        self._compare("answer", expected, got)
        self._compare("people", self._expected_people(), self._people())
        if expected.isdigit() or "deleted" in expected or len(self.story) % 5 == 0:
            self._compare("doors", self._expected_doors(), self._doors())

    def _values(self, operation: str) -> dict[str, str]:
        pick = self.random.choice
        number = pick([*map(str, range(1, 9)), *map(str, range(1, 9)), "", "0", "x", "400000001"])
        if operation == "deleteUser":
            return self._some({"p_Id": number, "p_locationID": self._place_of(number)}, 0.95)
        if operation not in UPDATES:
            card = {"p_usbCardId": pick(CARDS)} if operation == "updateCard" else {}
            return self._some({"p_wsAltUserId": pick([*ALT_IDS, ""]), **card}, 0.95)
        values = {name: pick(pool) for name, pool in POOLS.items()}
        said = self._some({**values, "p_locationID": self._place()}, self.random.choice((0.3, 0.6, 0.95)))
        if self.random.random() < 0.8:
            said.pop("info3", None)
            said = {name: value for name, value in said.items() if value not in ("bad", "x1", "9")}
            if number not in map(str, self.rules.people):
                said["p_Achternaam"] = pick(["Ali", "Bo"])
            if self.rules.branches:  # or nearly all would be refused
                said |= {"groups": pick(["Members", "Staff", "Members;Staff"])}
                said |= {"p_locationID": pick([*self.places.values(), ""])}
        if operation == "updateUserAltId":
            return said | {"p_wsAltUserId": pick([*ALT_IDS, *ALT_IDS, ""])}
        if operation == "updateUserContractor":
            said |= {"p_Contractor_Code": pick(["12", "12", "", "x"]), "p_Contractor_name": pick(["Firm", "Firm", ""])}
        return said | {"p_Id": number} | ({"by_id": "1"} if operation == "updateUser2" else {})

    def _place(self) -> str:
        return self.random.choice([*self.places.values(), *self.places.values(), "", "999999"])

    def _place_of(self, number: str) -> str:
        person = self.rules.people.get(int(number)) if number.isdigit() else None
        return self.random.choice([*sorted(person.places), *sorted(person.places), self._place()]) if person else self._place()

    def _some(self, values: Given, share: float) -> dict[str, str]:
        return {name: value for name, value in values.items() if self.random.random() < share}

    def _written(self, operation: str, said: Given) -> dict[str, Any]:
        """As it goes over the wire: groups under the name that the operation gives them."""
        given: dict[str, Any] = {name: value for name, value in said.items() if name.startswith("p_")}
        if "info3" in said:
            given["p_infoFields"] = {"info3": said["info3"]}
        if "groups" in said and operation == "updateUser2":
            with scope(company=self.company):
                ids = {group.name: str(group.pk) for group in Group.objects.all()}
            given["p_groupId"] = ";".join(ids.get(name, "424242") if name else "" for name in said["groups"].split(";"))
        elif "groups" in said:
            given["p_groupName"] = said["groups"]
        return given

    def _plain(self, operation: str, answer: str | None) -> str:
        if operation in ("setQR", "getQR") and answer and len(answer) == 32:
            return "a new code" if operation == "setQR" else "a code"
        return str(answer)

    def _compare(self, what: str, expected: object, got: object) -> None:
        if expected != got:
            told = "\n".join(self.story[-6:])
            raise Mismatch(f"Seed {self.seed}, call {len(self.story)}, {what}:\n expected {expected}\n      got {got}\n{told}")

    def _expected_people(self) -> dict[int, tuple[Any, ...]]:
        return {
            each.number: (each.alt_id, each.first, each.last, each.starts, each.expires, each.groups, each.places)
            for each in self.rules.people.values()
        }

    def _people(self) -> dict[int, tuple[Any, ...]]:
        with scope(company=self.company):
            return {
                user.number: (
                    user.external_id,
                    user.first_name,
                    user.last_name,
                    user.starts,
                    user.expires,
                    frozenset(group.name for group in user.groups.all()),
                    frozenset(str(place.pk) for place in user.locations.all()),
                )
                for user in User.objects.prefetch_related("groups", "locations")
            }

    def _expected_doors(self) -> dict[str, dict[str, Any]]:
        return {each.name: self.rules.at_the_door(OPENED_BY[each.name], each.location.time_zone) for each in self.club.terminals}

    def _doors(self) -> dict[str, dict[str, Any]]:
        """What is planned for each door, read from the holdings: the record whose digest is wanted there."""
        with scope(company=self.company):
            records = self._records()
            found: dict[str, dict[str, Any]] = {each.name: {} for each in self.club.terminals}
            names = {each.pk: each.name for each in self.club.terminals}
            for row in Holding.objects.filter(kind=1).exclude(wanted=None):
                fields = records.get((row.terminal_id, row.key, bytes(row.wanted or b"")), {})
                found[names[row.terminal_id]][row.key] = tuple(fields.get(name) for name in ("name", "cards", "pin", "until"))
        return found

    def _records(self) -> dict[tuple[int, str, bytes | None], Any]:
        facts = load_facts(self.company, list(User.objects.values_list("pk", flat=True)))
        structure, key = load_access_graph(), digest_key(self.company)
        rendered = (wanted for each in facts for wanted in render_user(each, structure, key, NOW))
        return {(each.terminal_id, each.key, each.digest): each.record.fields for each in rendered if each.record}
