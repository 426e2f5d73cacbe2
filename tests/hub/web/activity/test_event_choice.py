"""What the access log shows, as its address says: what is unknown is left out, and nothing breaks the page."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from doorsync.hub.web.activity.event_choice import LAST_PAGE, MOST_DOORS, EventChoice


def chosen(query: str) -> EventChoice:
    return EventChoice.from_query(QueryDict(query))


def test_an_address_is_read_and_written_alike() -> None:
    query = "from=2026-06-01&to=2026-06-10T12%3A30&q=Alice&result=denied&reason=expired&person=7&door=3&door=5&page=2"
    choice = chosen(query)
    assert EventChoice.from_query(QueryDict(choice.query(page=choice.page))) == choice
    assert (choice.doors, choice.person, choice.is_filtered) == ((3, 5), 7, True)


def test_a_change_begins_at_the_first_page_again() -> None:
    choice = chosen("door=3&page=7")
    assert choice.query(result="denied") == "result=denied&door=3"
    assert choice.query(page=8) == "door=3&page=8"
    assert not chosen("page=7").is_filtered


@pytest.mark.parametrize(
    "odd",
    ["from=yesterday", "to=2026-02-30", "person=x", "person=" + "9" * 30, "door=0", "door=-1", "result=opened", "reason=none",
     "page=0", "page=-3", "page=x", "person=%D9%A3", "from=2026-06-01T12:00:00"],
)  # fmt: skip
def test_what_is_unknown_is_left_out(odd: str) -> None:
    assert chosen(odd) == EventChoice()


def test_what_is_too_much_is_cut() -> None:
    choice = chosen("&".join(f"door={number}" for number in range(1, 99)) + f"&door=1&page={LAST_PAGE + 1}&q=" + "x" * 5000)
    assert (len(choice.doors), choice.doors[0], choice.page, len(choice.text) < 5000) == (MOST_DOORS, 1, LAST_PAGE, True)
    assert chosen("q=%00a%20%20b%00").text == "a b"


@pytest.mark.django_db
@pytest.mark.parametrize("last", ["9999-12-31", "9999-12-31T23:59"])
def test_the_last_day_that_there_is_ends_nothing(last: str) -> None:
    from django_scopes import scope

    from tests.factories.gym import gym

    club = gym()
    with scope(company=club.company):
        assert list(chosen(f"to={last}").events(club.administrator)) == []
