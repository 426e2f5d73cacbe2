"""What the operations on users are to do, in plain dictionaries: what each answers, who is there then, and what doors hold.

Written from the documentation and the decision pages, not from the code; `random_calls` compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

Given = Mapping[str, str]
CAN_NOT_SAVE, OK = "CAN_NOT_SAVE_USER", "OK"
TAKEN = "CARD_EXISTS_FOR_AN_OTHER_USER"
METHODS = {
    "updateUser": "update_user",
    "updateUser2": "update_user",
    "updateUserContractor": "update_user_contractor",
    "updateUserAltId": "update_user_alt_id",
    "deleteUser": "delete_user",
    "updateCard": "update_card",
    "setQR": "set_qr",
    "deleteQR": "delete_qr",
    "getQR": "get_qr",
}
ZONES = ("Europe/Amsterdam", "America/New_York")
LAST_DAY = "2030-12-31T23:59"


@dataclass(frozen=True)
class Person:
    """A user as a program made them."""

    number: int
    alt_id: str = ""
    first: str = ""
    last: str = ""
    starts: str = ""
    expires: str = ""
    pin: str = ""
    card: str = ""
    qr: bool = False
    groups: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


class Refused(Exception):
    """The operation answers with this string and does nothing."""


@dataclass
class Company:
    """Everybody by number, and what is remembered of those who left. `groups` are by name, with their location or none.

    `openers` are the names of the groups that open a door, by its location.
    """

    branches: bool
    groups: dict[str, str]
    places: frozenset[str]
    openers: Mapping[str, frozenset[str]]
    now: datetime
    people: dict[int, Person] = field(default_factory=dict)
    furthest: int = 0
    given: set[int] = field(default_factory=set)
    former: dict[tuple[str, str], int] = field(default_factory=dict)

    def answer(self, operation: str, said: Given) -> str:
        """What the operation answers; what it is to do is done then."""
        try:
            return str(getattr(self, METHODS[operation])(said))
        except Refused as refused:
            return str(refused)

    # The operations

    def update_user(self, said: Given) -> int:
        number = _number(said.get("p_Id", ""), "INCORRECT_ID_RECEIVED")
        return self._save(said, number, self.people.get(number), None)

    def update_user_contractor(self, said: Given) -> int:
        if not said.get("p_Id"):
            raise Refused("NO_ID_RECEIVED")
        if not said.get("p_Contractor_Code", "").isdigit() or not said.get("p_Contractor_name"):
            if said.get("p_Contractor_Code") and said.get("p_Contractor_name"):
                _number(said["p_Id"], CAN_NOT_SAVE)
            raise Refused(CAN_NOT_SAVE)
        return self.update_user(said)

    def update_user_alt_id(self, said: Given) -> int:
        alt_id = said.get("p_wsAltUserId", "")
        if not alt_id:
            raise Refused("NO_ID_RECEIVED")
        return self._save(said, None, self._by_alt_id(alt_id), alt_id)

    def delete_user(self, said: Given) -> str:
        person = self.people.get(_number(said.get("p_Id", ""), "USER_WAS_NOT_FOUND"))
        if person is None:
            raise Refused("USER_WAS_NOT_FOUND")
        if self.branches:
            place = said.get("p_locationID", "")
            if place not in self.places:
                raise Refused("Company is Branches but no location has been provided")
            if person.places and place not in person.places:
                raise Refused("User does not exist in our db")
            left = person.places - {place}
            if left:
                groups = frozenset(name for name in person.groups - self.openers[place] if self.groups[name] != place)
                self.people[person.number] = replace(person, places=left, groups=groups)
                return "User is linked to multiple locations, we will remove the user from this location"
        del self.people[person.number]
        if person.alt_id:
            self.former["alt", person.alt_id] = person.number
        elif person.number in self.given:
            self.former["number", str(person.number)] = person.number
        return "User has been deleted"

    def update_card(self, said: Given) -> str:
        person = self._known(said)
        card = said.get("p_usbCardId")
        if card is None or (card and (not card.isdigit() or not card.strip("0"))):
            raise Refused("CARD_NOT_VALID")
        self._refuse_taken(card.lstrip("0"), person.number)
        self.people[person.number] = replace(person, card=card.lstrip("0"))
        return OK

    def set_qr(self, said: Given) -> str:
        person = self._known(said)
        self.people[person.number] = replace(person, qr=True)
        return "a new code"

    def delete_qr(self, said: Given) -> str:
        person = self._known(said)
        self.people[person.number] = replace(person, qr=False)
        return OK

    def get_qr(self, said: Given) -> str:
        return "a code" if self._known(said).qr else "None"

    # What they have in common

    def _known(self, said: Given) -> Person:
        alt_id = said.get("p_wsAltUserId", "")
        if not alt_id:
            raise Refused("NO_ID_RECEIVED")
        person = self._by_alt_id(alt_id)
        if person is None:
            raise Refused("NO_USER_FOUND_WITH_WSALTUSERID")
        return person

    def _by_alt_id(self, alt_id: str) -> Person | None:
        return next((each for each in self.people.values() if each.alt_id == alt_id), None)

    def _refuse_taken(self, card: str, owner: int | None) -> None:
        if card and any(each.card == card and each.number != owner for each in self.people.values()):
            raise Refused(TAKEN)

    def _save(self, said: Given, number: int | None, old: Person | None, alt_id: str | None) -> int:
        card, custom = (_none_if_zero(said.get(name, "").strip()) for name in ("p_cardId", "p_cardCustom"))
        if custom not in ("", card):
            raise Refused("CARD_NOT_SUPPORTED")
        if any(said.get(name) and not _read(said[name], "") for name in ("p_StartDate", "p_ExpireDate")):
            raise Refused(CAN_NOT_SAVE)
        groups, places = self._links(said, old)
        new = self._said(said, old or Person(0), old is None, card)
        wrong = (not new.last and (old is None or "p_Achternaam" in said)) or not all(map(str.isdigit, new.pin))
        wrong = wrong or bool(new.expires and new.expires <= new.starts)
        if wrong:
            raise Refused(CAN_NOT_SAVE)
        if card and not card.isdigit() and card.lower() != "remove":
            raise Refused("CARD_NOT_VALID")
        new = replace(new, groups=groups, places=places, alt_id=self._alt_id(said, old, alt_id))
        if old is None and number is not None and self._used(number, new.alt_id):
            raise Refused(CAN_NOT_SAVE)
        self._refuse_taken(new.card if card else "", old.number if old else None)
        new = replace(new, number=old.number if old else number or self._next(new.alt_id))
        if old is None and number is not None:
            self.given.add(number)
        self.people[new.number] = new
        for name in groups:
            self.groups.setdefault(name, "")
        return new.number

    def _alt_id(self, said: Given, old: Person | None, alt_id: str | None) -> str:
        info = said.get("info3")
        if alt_id is not None and info not in (None, "", alt_id):
            raise Refused(CAN_NOT_SAVE)
        wanted = alt_id if alt_id is not None else info if info is not None else old.alt_id if old else ""
        owner = self._by_alt_id(wanted) if wanted else None
        if owner and (old is None or owner.number != old.number):
            raise Refused(CAN_NOT_SAVE)
        return wanted

    def _said(self, said: Given, old: Person, is_new: bool, card: str) -> Person:
        starts, expires = self._dates(said, old, is_new)
        return replace(
            old,
            first=said.get("p_Voornaam", old.first),
            last=said.get("p_Achternaam", old.last),
            pin=said.get("p_PIN", old.pin),
            card=("" if card.lower() == "remove" else card.lstrip("0")) if card else old.card,
            starts=starts,
            expires=expires,
        )

    def _dates(self, said: Given, old: Person, is_new: bool) -> tuple[str, str]:
        here = min(
            self.now.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") for zone in ("Europe/Amsterdam", "America/New_York")
        )
        start, expire = said.get("p_StartDate"), said.get("p_ExpireDate")
        today = here[:10] + "T00:00"
        starts, expires = old.starts, old.expires
        if is_new or start is not None:
            if _read(start, "00:00"):
                starts = _read(start, "00:00")
            elif is_new or (not start and old.starts > today):
                starts = today
        if is_new or expire is not None:
            if _read(expire, "23:59"):
                expires = _read(expire, "23:59")
            elif is_new or not expire:
                expires = LAST_DAY
        says_end = is_new or expire is not None
        if says_end and (starts, expires) != (old.starts, old.expires) and expires <= starts and expires <= here:
            starts = ""
        return starts, expires

    def _links(self, said: Given, old: Person | None) -> tuple[frozenset[str], frozenset[str]]:
        named = frozenset(filter(None, said.get("groups", "").split(";")))
        had, there = (old.groups, old.places) if old else (frozenset[str](), frozenset[str]())
        keep = old is not None and said.get("p_groupUpdate") == "0"
        if self.branches:
            return self._links_in_branches(said, named, had, there, keep=keep)
        if not named:
            return (frozenset() if said.get("p_groupUpdate") == "1" and "groups" in said else had), there
        if not keep and "by_id" in said and not named <= self.groups.keys():
            raise Refused(CAN_NOT_SAVE)
        return (had if keep else named), there

    def _links_in_branches(
        self, said: Given, named: frozenset[str], had: frozenset[str], there: frozenset[str], *, keep: bool
    ) -> tuple[frozenset[str], frozenset[str]]:
        place = said.get("p_locationID", "")
        if not named:
            raise Refused("Company is Branches but no group name specified. It is required for this type of company.")
        if place and place not in self.places:
            raise Refused(CAN_NOT_SAVE)
        if any(name not in self.groups or (place and self.groups[name] not in ("", place)) for name in named):
            raise Refused("Company is Branches but the group name specified does not exists.")
        places = there | {self.groups[name] for name in named if self.groups[name]} | ({place} if place else set())
        elsewhere = frozenset(name for name in had if place and self.groups[name] not in ("", place))
        return (had if keep else named | elsewhere), places

    def _used(self, number: int, alt_id: str) -> bool:
        mark = ("alt", alt_id) if alt_id else ("number", str(number))
        return (number <= self.furthest or number in self.given) and self.former.get(mark) != number

    def _next(self, alt_id: str) -> int:
        back = self.former.pop(("alt", alt_id), None)
        if back is not None and back not in self.people:
            return back
        self.furthest += 1
        while self.furthest in self.given:
            self.furthest += 1
        return self.furthest

    # What doors are to hold

    def at_the_door(self, opened_by: set[str], zone: str) -> dict[str, tuple[str, list[str], str, str]]:
        """Name, cards, PIN and expiry by number, of those whom one of these groups lets in at this moment by this clock."""
        wall = self.now.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
        return {
            str(each.number): (f"{each.first} {each.last}".strip(), [each.card] if each.card else [], each.pin, each.expires)
            for each in self.people.values()
            if each.groups & opened_by and each.starts <= wall and (not each.expires or wall < each.expires)
        }


def _number(text: str, wrong: str) -> int:
    if not text:
        raise Refused("NO_ID_RECEIVED")
    if not text.isdigit() or not 1 <= int(text) <= 400_000_000:
        raise Refused(wrong)
    return int(text)


def _none_if_zero(card: str) -> str:
    return card if card.strip("0") else ""


def _read(text: str | None, time: str) -> str:
    """Only the forms that the calls are made of: a day, a day with minutes or seconds, or rubbish."""
    if not text or not text.startswith("20") or not text[:10].replace("-", "").isdigit():
        return ""
    return f"{text[:10]}T{text[11:16] or time}"
