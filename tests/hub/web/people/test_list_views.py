"""The list of people: who is found by what is typed, filters in the address, pages; and nobody of another company."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.hub.web.people import list_query
from doorsync.hub.web.people.person_search import find_people
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for


def names(visitor: Visitor, query: str = "") -> list[str]:
    """Those on the page, in its order."""
    page = visitor.get(f"/people/{query}")
    assert page.status_code == 200
    return re.findall(r'<span><a href="/people/\d+/">([^<]*)</a>', page.content.decode())


@pytest.fixture
def people(club: Gym) -> Gym:
    club.add("Vries", club.members, first_name="Anna", insertion="de", number=1204, external_id="M-77", card="123456")
    club.add("Jansen", club.staff, first_name="Bob", number=17, pin="1234", active=False)
    club.add("Dijk", first_name="Carla", number=18, expires="2020-01-01T00:00")
    club.add("Eder", club.members, first_name="Dora", number=19, starts="2190-01-01T00:00", card="99")
    return club


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("vri", ["Anna de Vries"]),
        ("anna vries", ["Anna de Vries"]),
        ("anna jansen", []),
        ("120", ["Anna de Vries"]),
        ("m-77", ["Anna de Vries"]),
        ("123456", ["Anna de Vries"]),
        ("staff", ["Bob Jansen"]),
        ("members dora", ["Dora Eder"]),
        ("%", []),
        ("\0", ["Carla Dijk", "Dora Eder", "Bob Jansen", "Anna de Vries"]),
    ],
)
def test_search_finds_by_name_number_id_card_and_group(visitor: Visitor, people: Gym, typed: str, found: list[str]) -> None:
    assert names(visitor, "?q=" + "".join(f"%{ord(letter):02x}" for letter in typed)) == found


@pytest.mark.parametrize("typed", ["özd", "ÖZDEMIR", "Özdemir élodie", "O\u0308zd", "  é\u200blodie ", "café"])
@pytest.mark.requirement("D-04", mutation="what is typed is compared as it comes: in two signs, or in another case")
def test_search_finds_letters_beyond_ascii_in_any_case_and_form(visitor: Visitor, people: Gym, typed: str) -> None:
    group = world.group(people.company, "Café")
    people.add("Özdemir", group, first_name="Élodie")
    assert names(visitor, f"?q={quote(typed)}") == ["Élodie Özdemir"]
    with scope(company=people.company):
        found = find_people(typed, people.administrator)
    assert [each.name for each in found] == ([] if typed == "café" else ["Élodie Özdemir"])


def test_search_finds_by_plate_in_any_notation(visitor: Visitor, people: Gym) -> None:
    world.credential(people.add("Ford"), "licence_plate", "12ABCD")
    assert names(visitor, "?q=12-ab-cd") == ["Ford"]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("active", ["Anna de Vries"]),
        ("suspended", ["Bob Jansen"]),
        ("expired", ["Carla Dijk"]),
        ("not-started", ["Dora Eder"]),
        ("no-credential", ["Carla Dijk"]),
        ("pending", ["Anna de Vries"]),
        ("rubbish", ["Carla Dijk", "Dora Eder", "Bob Jansen", "Anna de Vries"]),
    ],
)
def test_each_state_is_a_filter(visitor: Visitor, people: Gym, state: str, found: list[str]) -> None:
    assert names(visitor, f"?state={state}") == found


def test_a_group_is_a_filter_that_can_be_taken_away(visitor: Visitor, people: Gym) -> None:
    assert names(visitor, f"?group={people.members.pk}&group=x") == ["Dora Eder", "Anna de Vries"]
    page = visitor.get(f"/people/?group={people.members.pk}&state=suspended").content.decode()
    assert 'href="/people/?state=suspended"' in page
    assert f'href="/people/?group={people.members.pk}"' in page


def test_pages_follow_each_other_and_keep_the_filter(visitor: Visitor, club: Gym) -> None:
    for number in range(23):
        world.user(club.company, f"Person {number:02}", club.members)
    first = visitor.get("/people/?q=person&size=10").content.decode()
    assert "1 to 10 of 23" in first
    assert 'href="/people/?q=person&amp;size=10&amp;page=2"' in first
    assert names(visitor, "?q=person&size=10&page=3") == ["Person 20", "Person 21", "Person 22"]
    assert names(visitor, "?q=person&size=10&page=99") == ["Person 20", "Person 21", "Person 22"]


def test_more_people_than_are_counted_have_pages_to_the_end(visitor: Visitor, club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_query, "MOST_COUNTED", 20)
    for number in range(33):
        world.user(club.company, f"Person {number:02}", club.members)

    def page(query: str) -> str:
        return visitor.get(f"/people/?{query}").content.decode()

    assert "11 to 20 of more than 20<" in page("q=person&size=10&page=2")
    assert "21 to 30 of more than 20<" in page("q=person&size=10&page=3")
    assert 'rel="next" href="/people/?q=person&amp;size=10&amp;page=4"' in page("q=person&size=10&page=3")
    assert "31 to 33 of 33<" in page("q=person&size=10&page=4")
    assert 'rel="next"' not in page("q=person&size=10&page=4")
    assert names(visitor, "?q=person&size=10&page=99") == ["Person 30", "Person 31", "Person 32"]
    assert "1 to 10 of 33<" in page("size=10")  # everybody: an index counts them


def test_a_hundred_rows_cost_as_many_statements_as_ten(visitor: Visitor, club: Gym) -> None:
    def statements(size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(f"/people/?size={size}").content.count(b"<tr>") == size + 1
        return len(captured)

    for number in range(101):  # so that either page has a later one
        world.user(club.company, f"Person {number:02}", club.members, card=str(number + 1))
    assert statements(100) == statements(10)


def test_columns_are_those_of_the_address(visitor: Visitor, people: Gym) -> None:
    page = visitor.get("/people/?column=id&column=nonsense").content.decode()
    assert "M-77" in page
    assert ">Groups</th>" not in page


def test_nobody_of_the_other_company_is_there(visitor: Visitor, people: Gym) -> None:
    mallory = gym(other=True).add("Mallory", number=666, card="123456")
    assert "Mallory" not in names(visitor)
    assert names(visitor, "?q=123456") == ["Anna de Vries"]
    assert visitor.get(f"/people/{mallory.number}/").status_code == 404


@pytest.mark.requirement("T-09", mutation="the list open to sync sessions")
def test_a_sync_session_finds_no_list(club: Gym) -> None:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    assert visitor.get("/people/").status_code == 404
