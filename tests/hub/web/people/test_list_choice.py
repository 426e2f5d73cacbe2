"""What a list of people shows stands in its address, and whatever the address says is a list that can be shown."""

from __future__ import annotations

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.web.people.access_states import FILTERS
from doorsync.hub.web.people.list_choice import COLUMNS, LAST_PAGE, LONGEST_TEXT, MOST_GROUPS, SIZES, USUAL_SIZE, ListChoice

CHOICES = st.builds(
    ListChoice,
    text=st.text(st.characters(min_codepoint=33, max_codepoint=500, exclude_categories=("Cc", "Zs")), max_size=9),
    groups=st.lists(st.integers(1, 999), max_size=4, unique=True).map(tuple),
    state=st.sampled_from(["", *FILTERS]),
    columns=st.sets(st.sampled_from(list(COLUMNS)), min_size=1).map(lambda some: tuple(name for name in COLUMNS if name in some)),
    size=st.sampled_from(SIZES),
    page=st.integers(1, LAST_PAGE),
)
NAMES = st.sampled_from(["q", "group", "state", "column", "size", "page"])


@given(CHOICES)
def test_its_address_leads_back_to_it(choice: ListChoice) -> None:
    assert ListChoice.from_query(QueryDict(choice.query(page=choice.page))) == choice
    assert ListChoice.from_query(QueryDict(choice.query())).page == 1


@given(st.lists(st.tuples(NAMES, st.text(max_size=20) | st.just("9" * 40)), max_size=30))
def test_any_address_can_be_shown(pairs: list[tuple[str, str]]) -> None:
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    shown = ListChoice.from_query(query)
    assert len(shown.text) <= LONGEST_TEXT
    assert "\0" not in shown.text
    assert len(shown.groups) <= MOST_GROUPS
    assert all(0 < group < 10**15 for group in shown.groups)
    assert shown.state in ("", *FILTERS)
    assert set(shown.columns) <= set(COLUMNS)
    assert shown.columns
    assert shown.size in SIZES
    assert 1 <= shown.page <= LAST_PAGE


def test_the_plain_list_needs_no_address_and_leaves_nobody_out() -> None:
    plain = ListChoice.from_query(QueryDict(""))
    assert (plain.query(), plain.is_filtered, plain.size) == ("", False, USUAL_SIZE)
    assert all(
        ListChoice.from_query(QueryDict(query)).is_filtered for query in ("q=x", "group=3", f"state={next(iter(FILTERS))}")
    )
