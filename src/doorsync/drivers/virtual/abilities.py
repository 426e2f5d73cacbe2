"""What a virtual terminal can hold: given at its first start, kept in `terminal.json`, and checked for every entry."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual import files
from doorsync.drivers.virtual.errors import VirtualTerminalError

FILE = "terminal.json"
STANDARD: dict[str, Any] = {
    "capacity": 1000,
    "schedules": 16,
    "name_bytes": 48,
    "cards_per_user": 1,
    "card_once": False,
    "pin_once": False,
    "card_bits": 64,
    "pin_min": 4,
    "pin_max": 8,
    "schedules_per_user": 8,
    "until": True,
    "log_size": 10_000,
    "key_form": "digits",
    "first_place": 1,
    "schedule_key_form": "digits",
    "first_schedule_place": 1,
    "readable": ["name", "cards", "pin", "schedules", "until"],
    "remote_doors": ["1"],
    "mode_doors": ["1"],
}
FORMS = {"key_form": ("digits", "place", "card"), "schedule_key_form": ("digits", "place")}
USER = ("key", "name", "cards", "pin", "schedules", "until")
SCHEDULE = ("key", "name", "slots")
UNTIL = r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})?"
DOOR = r"[1-9][0-9]?"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"


class BadAbility(VirtualTerminalError):
    """A terminal cannot be like this, or was made otherwise."""


class Denied(VirtualTerminalError):
    """The terminal will not keep this entry; the message is the code of the answer."""


def settle(folder: Path, wished: dict[str, Any]) -> dict[str, Any]:
    """The abilities of the terminal in this folder; `wished` counts at its first start and may not differ later."""
    path = folder / FILE
    _check(wished)
    if not path.exists():
        files.write_json(path, {**STANDARD, **wished})
    present: dict[str, Any] = {**STANDARD, **json.loads(path.read_text())}
    for name, value in wished.items():
        if present[name] != value:
            raise BadAbility(f"This terminal was made with {name} = {present[name]}; use another folder for {name} = {value}.")
    return present


def _check(wished: dict[str, Any]) -> None:
    for name, value in wished.items():
        if name not in STANDARD:
            raise BadAbility(f"There is no ability '{name}'; there are {', '.join(STANDARD)}.")
        wrong = type(value) is not type(STANDARD[name]) or (isinstance(value, int) and value < (name == "log_size"))
        wrong = wrong or (name in FORMS and value not in FORMS[name])
        wrong = wrong or (name in ("remote_doors", "mode_doors") and not all(re.fullmatch(DOOR, str(door)) for door in value))
        if wrong or (name == "readable" and not set(value) <= set(STANDARD["readable"])):
            raise BadAbility(f"'{name}' cannot be {value!r}.")


def check_user(entry: dict[str, Any], can: dict[str, Any]) -> None:
    """Raises Denied when the user is not well formed or more than this terminal can hold."""
    _shape(entry, USER)
    _name(entry["name"], can)
    _place(entry["key"], can["key_form"], can["first_place"], can["capacity"])
    _demand("malformed", can["key_form"] != "card" or entry["cards"] == [entry["key"]])
    _demand("malformed", _texts(entry["cards"]) and all(re.fullmatch(r"[0-9]{1,20}", card) for card in entry["cards"]))
    _demand("malformed", isinstance(entry["pin"], str) and re.fullmatch(r"[0-9]*", entry["pin"]))
    _demand("malformed", _texts(entry["schedules"]))
    _demand("malformed", isinstance(entry["until"], str) and re.fullmatch(UNTIL, entry["until"]))
    _demand("too-many-cards", len(entry["cards"]) <= can["cards_per_user"])
    _demand("too-long", all(int(card).bit_length() <= can["card_bits"] for card in entry["cards"]))
    _demand("too-long", not entry["pin"] or can["pin_min"] <= len(entry["pin"]) <= can["pin_max"])
    _demand("too-many-schedules", len(entry["schedules"]) <= can["schedules_per_user"])
    _demand("unsupported", can["until"] or not entry["until"])


def check_schedule(entry: dict[str, Any], can: dict[str, Any]) -> None:
    """Raises Denied when the schedule is not well formed or its name too long."""
    _shape(entry, SCHEDULE)
    _name(entry["name"], can)
    _place(entry["key"], can["schedule_key_form"], can["first_schedule_place"], can["schedules"])
    _demand("malformed", isinstance(entry["slots"], list) and all(_slot(slot) for slot in entry["slots"]))


def _shape(entry: dict[str, Any], names: tuple[str, ...]) -> None:
    _demand("malformed", isinstance(entry, dict) and set(entry) == set(names))
    _demand("malformed", isinstance(entry["key"], str) and 0 < len(entry["key"]) <= 64)


def _place(key: str, form: str, first: int, most: int) -> None:
    """Where entries are kept in numbered places, the key is one of them."""
    _demand("malformed", form != "place" or (key.isdecimal() and first <= int(key) < first + most))


def _name(name: object, can: dict[str, Any]) -> None:
    _demand("malformed", isinstance(name, str))
    _demand("too-long", len(str(name).encode()) <= can["name_bytes"])


def _slot(slot: object) -> bool:
    return (
        isinstance(slot, list)
        and len(slot) == 3
        and _texts(slot)
        and slot[0] in "1234567"
        and all(re.fullmatch(TIME, time) for time in slot[1:])
        and slot[1] < slot[2]
    )


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _demand(code: str, held: object) -> None:
    if not held:
        raise Denied(code)
