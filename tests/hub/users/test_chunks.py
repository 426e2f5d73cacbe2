"""Many writes, portion by portion: removals first, and a card never leaves its owner in another portion than it arrives in."""

from __future__ import annotations

from typing import Any

from doorsync.hub.users.chunks import PEOPLE, in_portions
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Checked, Write

WRITES = [Write({"last_name": f"Person {number}"}) for number in range(2 * PEOPLE + 1)]


def portions(checked: Checked, gone: list[Any]) -> list[tuple[list[int], int]]:
    found = list(in_portions(checked, gone))
    assert all([checked.writes[index] for index in each.indexes] == each.writes for each in found)
    return [(list(each.indexes), len(each.gone)) for each in found]


def test_nothing_to_write_is_no_portion() -> None:
    assert portions(Checked([]), []) == []


def test_removals_go_first_and_no_portion_is_larger_than_agreed() -> None:
    gone = [User(number=number) for number in range(PEOPLE + 1)]
    found = portions(Checked(WRITES), gone)
    assert [(len(indexes), left) for indexes, left in found] == [(0, PEOPLE), (0, 1), (PEOPLE, 0), (PEOPLE, 0), (1, 0)]
    assert [index for indexes, _ in found for index in indexes] == list(range(len(WRITES)))


def test_who_hands_a_card_on_and_who_is_given_it_are_written_in_one_transaction() -> None:
    gone = [User(number=1), User(number=2)]
    checked = Checked(WRITES[:5], together={4, 1}, gone_together={1})
    assert portions(checked, gone) == [([], 1), ([1, 4], 1), ([0, 2, 3], 0)]
    (_, handed, _) = in_portions(checked, gone)
    assert handed.gone == [gone[1]]
