from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from doorsync.domain.capabilities import USER_FIELDS
from doorsync.domain.digest import HALF, UNKNOWN, as_read, digest
from doorsync.domain.record import Kind, Record

KEY = b"k" * 32
texts = st.text(max_size=12)
lists = st.lists(texts, max_size=3)
fields = st.fixed_dictionaries({"name": texts, "cards": lists, "pin": texts, "schedules": lists, "until": texts})
users = st.builds(Record, kind=st.just(Kind.USER), key=texts, fields=fields)
shown = st.sets(st.sampled_from(USER_FIELDS))


def hiding(record: Record, readable: set[str]) -> Record:
    """What a terminal answers that lets us read only these fields."""
    kept: Mapping[str, Any] = {name: value for name, value in record.fields.items() if name in readable}
    return replace(record, fields=kept)


def swap(record: Record, **changed: Any) -> Record:
    return replace(record, fields={**record.fields, **changed})


ALICE = Record(
    kind=Kind.USER, key="1", fields={"name": "Alice", "cards": ["200"], "pin": "1234", "schedules": ["1"], "until": ""}
)


@given(record=users, readable=shown)
def test_digest_has_sixteen_bytes_whatever_the_order_of_the_fields(record: Record, readable: set[str]) -> None:
    turned = replace(record, fields=dict(sorted(record.fields.items(), reverse=True)))
    assert digest(KEY, record, readable) == digest(KEY, turned, readable)
    assert len(digest(KEY, record, readable)) == 2 * HALF


@given(one=users, other=users, readable=shown)
def test_digests_of_different_records_differ(one: Record, other: Record, readable: set[str]) -> None:
    assume(one != other)
    assert digest(KEY, one, readable) != digest(KEY, other, readable)


@given(record=users, readable=shown)
def test_what_is_read_back_unchanged_equals_what_was_accepted(record: Record, readable: set[str]) -> None:
    accepted = digest(KEY, record, readable)
    assert as_read(KEY, hiding(record, readable), readable, accepted) == accepted


@given(record=users, readable=shown, name=st.sampled_from(USER_FIELDS))
def test_a_readable_field_that_changed_at_the_terminal_shows(record: Record, readable: set[str], name: str) -> None:
    changed = swap(record, **{name: "changed at the terminal"})
    accepted = digest(KEY, record, readable)
    assert (as_read(KEY, hiding(changed, readable), readable, accepted) != accepted) == (name in readable)


def test_hidden_fields_have_their_own_half() -> None:
    readable = [name for name in USER_FIELDS if name != "pin"]
    one, other = digest(KEY, ALICE, readable), digest(KEY, swap(ALICE, pin="9999"), readable)
    assert one[:HALF] == other[:HALF]
    assert one[HALF:] != other[HALF:]


def test_what_nobody_accepted_never_equals_a_record_with_hidden_fields() -> None:
    readable = [name for name in USER_FIELDS if name != "pin"]
    wanted, there = digest(KEY, ALICE, readable), hiding(ALICE, set(readable))
    assert as_read(KEY, there, readable, None) != wanted
    assert as_read(KEY, there, readable, UNKNOWN) != wanted


def test_keys_and_kinds_are_part_of_a_digest() -> None:
    other = replace(ALICE, key="2"), replace(ALICE, kind=Kind.SCHEDULE)
    assert len({digest(KEY, each, USER_FIELDS) for each in (ALICE, *other)}) == 3


def test_companies_with_other_keys_get_other_digests() -> None:
    assert digest(b"a" * 32, ALICE, USER_FIELDS) != digest(b"b" * 32, ALICE, USER_FIELDS)


def test_schedules_are_read_back_whole_whatever_is_readable_of_users() -> None:
    schedule = Record(kind=Kind.SCHEDULE, key="1", fields={"name": "Always", "slots": [["1", "00:00", "24:00"]]})
    assert as_read(KEY, schedule, [], None) == digest(KEY, schedule, [])
    assert digest(KEY, schedule, [])[:HALF] != digest(KEY, swap(schedule, slots=[]), [])[:HALF]


def test_half_a_surrogate_pair_from_a_terminal_has_a_digest_too() -> None:
    assert digest(KEY, swap(ALICE, name="\ud800"), USER_FIELDS) != digest(KEY, ALICE, USER_FIELDS)


def test_digests_stay_what_they_are() -> None:
    """They are stored: another value would make every holding of every company pending."""
    assert digest(KEY, ALICE, USER_FIELDS).hex() == "2cc31b3772ae881f62ca4482f12e90e0"
