"""What a terminal can hold, in rows for people."""

from __future__ import annotations

from dataclasses import replace

from doorsync.domain.capabilities import Capabilities, Letters, Readback
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.web.terminals.capability_rows import LETTERS, capability_rows

LOCK = replace(
    Capabilities(), capacity=12000, cards_per_user=1, pin_max=0, until=False, read_back=Readback.NONE, name_letters=Letters.NONE
)


def rows(can: Capabilities) -> dict[str, str]:
    return dict(capability_rows(Terminal(limits=can.as_dict())))


def test_nothing_is_said_of_a_terminal_that_has_not_answered_yet() -> None:
    assert capability_rows(Terminal(limits={})) == []


def test_numbers_are_grouped_and_what_it_cannot_do_is_a_no() -> None:
    assert rows(LOCK) == {
        "People": "12,000",
        "Cards of a person": "1",
        "PIN": "no",
        "Time schedules": rows(Capabilities())["Time schedules"],
        "Names": "no names",
        "Expiry": "no",
        "Can be read back": "no",
    }


def test_pins_and_ends_are_told_as_finely_as_the_terminal_knows_them() -> None:
    found = rows(replace(LOCK, pin_min=4, pin_max=8, until=True, until_day=True))
    assert (found["PIN"], found["Expiry"]) == ("4 to 8 digits", "the day only")
    assert rows(replace(LOCK, until=True, until_day=False))["Expiry"] == "yes"


def test_each_alphabet_has_its_words() -> None:
    assert set(LETTERS) == set(Letters)
