from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.allowance import UNKNOWN, Narrowing, allowed, either_allowance, narrowing, only_extends, seen, shown_part
from doorsync.domain.record import Kind, Record, Value

KEY = b"key of a company"
NONE, SOME, ALL = Narrowing
HELD = {"name": "Alice", "cards": ["1", "2"], "pin": "4711", "schedules": ["1", "2"], "until": "2026-06-01T12:00"}


def user(**fields: object) -> Record:
    return Record(kind=Kind.USER, key="7", fields={**HELD, **fields})  # type: ignore[dict-item]


def hours(*slots: list[str]) -> str:
    return allowed(KEY, Record(kind=Kind.SCHEDULE, key="1", fields={"name": "Day", "slots": list(slots)}))


@pytest.mark.requirement("I-06", mutation="each of the four comparisons in narrowing() left out, one after the other")
@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({}, NONE),
        ({"name": "Alice B."}, NONE),
        ({"cards": ["1", "2", "3"]}, NONE),
        ({"cards": ["1"]}, SOME),
        ({"cards": ["1", "3"]}, SOME),
        ({"cards": []}, SOME),
        ({"cards": [], "pin": ""}, ALL),
        ({"pin": ""}, SOME),
        ({"pin": "4712"}, SOME),
        ({"schedules": ["1"]}, SOME),
        ({"schedules": ["1", "3"]}, SOME),
        ({"schedules": ["1", "2", "3"]}, NONE),
        ({"until": "2026-06-01T11:59"}, SOME),
        ({"until": "2026-06-01T12:01"}, NONE),
        ({"until": ""}, NONE),
        ({"cards": ["1"], "until": "2027-01-01T00:00"}, SOME),
    ],
)
def test_change_of_a_person_narrows_when_it_takes_anything_away(changed: dict[str, object], what: Narrowing) -> None:
    assert narrowing(allowed(KEY, user()), allowed(KEY, user(**changed))) is what


def test_first_expiry_narrows_and_nothing_is_taken_from_who_had_nothing() -> None:
    unarmed = allowed(KEY, user(cards=[], pin=""))
    assert narrowing(allowed(KEY, user(until="")), allowed(KEY, user())) is SOME
    assert narrowing(unarmed, unarmed) is NONE
    assert narrowing(unarmed, allowed(KEY, user(cards=[], pin="", until="2026-01-01T00:00"))) is SOME


@pytest.mark.requirement("I-06", mutation="the hours of a schedule not compared")
@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ([["1", "08:00", "18:00"]], [["1", "07:00", "19:00"]], NONE),
        ([["1", "08:00", "18:00"]], [["1", "08:00", "12:00"], ["1", "12:00", "18:00"]], NONE),
        ([["1", "08:00", "18:00"]], [["1", "08:00", "12:00"], ["1", "12:01", "18:00"]], SOME),
        ([["1", "08:00", "18:00"]], [["2", "08:00", "18:00"]], SOME),
        ([["1", "08:00", "18:00"]], [], SOME),
        ([["7", "00:00", "24:00"]], [["7", "00:00", "23:59"]], SOME),
    ],
)
def test_schedule_narrows_when_a_minute_of_it_goes(before: list[list[str]], after: list[list[str]], what: Narrowing) -> None:
    assert narrowing(hours(*before), hours(*after)) is what


def test_what_is_unknown_counts_as_something_taken_away() -> None:
    assert narrowing("", allowed(KEY, user())) is SOME


def test_longer_stay_is_told_from_everything_else() -> None:
    held = allowed(KEY, user())
    assert only_extends(held, allowed(KEY, user(until="")))
    assert only_extends(held, allowed(KEY, user(until="2026-06-02T12:00", name="Alice B.")))
    for changed in ({}, {"until": "2026-05-01T12:00"}, {"until": "", "cards": ["1"]}, {"until": "", "pin": ""}):
        assert not only_extends(held, allowed(KEY, user(**changed)))
    assert not only_extends("", held)


def test_fields_that_a_terminal_hides_are_those_it_may_hold() -> None:
    shown = user(cards=["9"])
    del shown.fields["pin"]  # type: ignore[attr-defined]
    readable = ("name", "cards", "schedules", "until")
    assert seen(KEY, shown, readable, allowed(KEY, user())) == allowed(KEY, user(cards=["9"]))
    assert seen(KEY, shown, readable, "") == ""


@given(cards=st.sets(st.integers(1, 5)), others=st.sets(st.integers(1, 5)), later=st.sets(st.integers(1, 5)))
def test_either_of_two_is_narrowed_by_whatever_narrows_one(cards: set[int], others: set[int], later: set[int]) -> None:
    one, other, after = (allowed(KEY, user(cards=sorted(map(str, some)))) for some in (cards, others, later))
    both = narrowing(either_allowance(one, other), after)
    assert (both is NONE) == (narrowing(one, after) is NONE and narrowing(other, after) is NONE)
    assert either_allowance(one, "") == "" == either_allowance("", other)


def test_it_holds_no_card_and_no_pin_and_differs_between_companies() -> None:
    told = allowed(KEY, user(cards=["12345678"]))
    assert "12345678" not in told
    assert "4711" not in told
    assert told != allowed(b"another key", user(cards=["12345678"]))


@pytest.mark.parametrize(
    "slots", [[["1", "00:00", "999999999:00"]], [["1", "-5:00", "08:00"]], [["1", "x", "y"]], ["1"], "x", [[]]]
)
def test_hours_that_no_day_has_are_not_known(slots: Value) -> None:
    assert shown_part(KEY, Record(kind=Kind.SCHEDULE, key="1", fields={"slots": slots}), ()) == UNKNOWN
