"""What an address or a form says is taken as a number only where it is one."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from doorsync.hub.web.sync.parameters import ids_of, page_number, terminal_of, typed_count

NO_NUMBERS = ["", " ", "-1", "1.0", "1e3", "seven", "0x10", "\u0663", "1" * 10, "4 3"]


@pytest.mark.parametrize("typed", [*NO_NUMBERS, "4_3"])
def test_what_is_no_number_confirms_nothing(typed: str) -> None:
    given = QueryDict(mutable=True)
    given["confirmed"] = typed
    assert typed_count(given) is None
    assert typed_count(QueryDict("")) is None


@pytest.mark.parametrize(("typed", "count"), [("43", 43), (" 43 ", 43), ("0", 0), ("043", 43), ("9" * 9, 999_999_999)])
def test_a_number_is_taken(typed: str, count: int) -> None:
    given = QueryDict(mutable=True)
    given["confirmed"] = typed
    assert typed_count(given) == count


def test_pages_and_terminals_have_a_value_for_what_is_missing_or_wrong() -> None:
    assert [page_number(QueryDict(query)) for query in ("", "page=x", "page=0", "page=7")] == [1, 1, 1, 7]
    assert [terminal_of(QueryDict(query)) for query in ("", "of=x", "of=7")] == [0, 0, 7]


def test_ids_that_are_no_numbers_are_left_out() -> None:
    assert ids_of(QueryDict("t=3&t=x&t=&t=5&u=9&t=3"), "t") == [3, 5, 3]
