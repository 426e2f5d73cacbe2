"""Absence is not intent: a column, an element or a row that is not there changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django_scopes import scope, scopes_disabled

from doorsync.hub.access.models import AccessRight, Zone
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_import import prepare_import
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.selections import saved_selection
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credentials_of
from tests.factories.gym import Gym, gym
from tests.hub.imports.conftest import GYM, Load

pytestmark = pytest.mark.django_db

EVERYBODY = "id;last_name;groups;cards;pin\n10;Zero;Members;0007654321;0042\n11;Baker;Members;12345;0123\n"


@pytest.fixture
def club() -> Gym:
    return gym()


def take(club: Gym, path: Path, text: str, *, complete: bool = False) -> list[str]:
    path.write_text(text)
    actor = Actor(company_id=club.company.pk, via="test")
    summary = Summary()
    prepare_import(company=club.company, path=path, complete=complete, actor=actor)[0].write(summary)
    return summary.lines()


def kept(company: Company, user: str) -> tuple[object, ...]:
    with scope(company=company):
        row = User.objects.get(external_id=user)
        groups = sorted(row.groups.values_list("name", flat=True))
        doors = Holding.objects.filter(user_id=row.pk, wanted__isnull=False).count()
        return row.last_name, row.first_name, row.expires, groups, credentials_of(row), doors


@pytest.mark.requirement("D-01", mutation="columns that the file does not have are read as empty ones")
def test_renewals_take_nothing_away(club: Gym, tmp_path: Path) -> None:
    take(club, tmp_path / "people.csv", EVERYBODY)

    said = take(club, tmp_path / "people.csv", "id;last_name;expires\n10;Zero;2099-12-31\n11;Baker;2099-06-30\n")

    assert said == ["Changed 2 users."]
    credentials = {"card": {"7654321"}, "pin": {"0042"}}
    assert kept(club.company, "10") == ("Zero", "", "2100-01-01T00:00", ["Members"], credentials, 2)


def test_file_of_ids_alone_changes_nothing(club: Gym, tmp_path: Path) -> None:
    take(club, tmp_path / "people.csv", EVERYBODY)

    assert take(club, tmp_path / "people.csv", "id\n10\n11\n") == ["Nothing had to be changed."]


@pytest.mark.parametrize(
    ("text", "field", "left"),
    [
        ("id;cards\n10;\n", 4, {"pin": {"0042"}}),
        ("id;cards\n10;0\n", 4, {"pin": {"0042"}}),
        ("id;pin\n10;\n", 4, {"card": {"7654321"}}),
        ("id;groups\n10;\n", 3, []),
    ],
)
def test_empty_cell_of_a_column_empties_just_that(club: Gym, tmp_path: Path, text: str, field: int, left: object) -> None:
    take(club, tmp_path / "people.csv", EVERYBODY)
    before = kept(club.company, "10")

    assert take(club, tmp_path / "people.csv", text) == ["Changed 1 user."]

    after = kept(club.company, "10")
    assert after[field] == left
    assert after[:field] == before[:field]
    assert after[field + 1 : 5] == before[field + 1 : 5]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("10;Zero;Members", "people.csv:3: This row has 3 cells, but there are 5 columns"),
        ("10", "people.csv:3: This row has 1 cell, but there are 5 columns"),
        ("10;Zero;Members;1;2;3", "people.csv:3: This row has 6 cells"),
        ("10;Vries; de;Members;7654321;0042", "people.csv:3: This row has 6 cells"),
    ],
)
@pytest.mark.requirement("D-01", mutation="a row's missing cells count as empty")
def test_row_of_another_width_is_refused(club: Gym, tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(FileFaults) as refused:
        take(club, tmp_path / "people.csv", f"id;last_name;groups;cards;pin\n11;Baker;;;\n{row}\n")
    assert str(refused.value).startswith(said)
    assert "7654321" not in str(refused.value)


def test_empty_cells_behind_the_last_column_do_not_matter(club: Gym, tmp_path: Path) -> None:
    assert take(club, tmp_path / "people.csv", "id;last_name;;\n10;Zero;;\n11;Baker\n12;Cook;\n") == ["Added 3 users."]


def test_who_is_not_in_the_file_stays_unless_it_is_complete(club: Gym, tmp_path: Path) -> None:
    take(club, tmp_path / "people.csv", EVERYBODY)

    assert take(club, tmp_path / "people.csv", "id\n10\n") == ["Nothing had to be changed."]
    assert take(club, tmp_path / "people.csv", "id\n10\n", complete=True) == ["Removed 1 user."]


def test_card_is_handed_on_from_who_is_removed(club: Gym, tmp_path: Path) -> None:
    take(club, tmp_path / "people.csv", EVERYBODY)

    said = take(club, tmp_path / "people.csv", "id;last_name;cards\n10;Zero;12345\n", complete=True)

    assert said == ["Changed 1 user.", "Removed 1 user."]
    assert kept(club.company, "10")[4] == {"card": {"12345"}, "pin": {"0042"}}


def test_card_of_somebody_whose_cards_are_not_named_stays_theirs(club: Gym, tmp_path: Path) -> None:
    take(club, tmp_path / "people.csv", EVERYBODY)

    with pytest.raises(FileFaults, match="cards: The card belongs to Baker"):
        take(club, tmp_path / "people.csv", "id;last_name;cards\n12;Cook;12345\n")


NAMED = "company: {slug: gym, name: Harbour Gym}\n"
SPARE = f"""\
{NAMED}\
zones: [{{name: Everywhere}}]
administrators: [{{username: username, filter: {{mode: verify}}}}]
users: [{{id: a, expires: 2027-06-30}}, {{id: b}}]
"""


@pytest.mark.requirement("D-01", mutation="sections take their defaults for keys that the file does not have")
def test_spare_company_file_changes_only_what_it_names(load: Load) -> None:
    more = GYM.replace("  guard:", "  token_seconds: 120\n  guard:").replace(
        "username: username,", "username: username, may_sync: no,"
    )
    company = load(more).company
    with scope(company=company):
        filters = saved_selection(Administrator.objects.select_related("company").get())

    assert load(SPARE).summary.lines() == ["Changed 1 saved filter, 1 user."]

    company.refresh_from_db()
    assert (company.token_seconds, company.guard_people, company.frame_origins) == (120, 15, ["https://desk.example.com"])
    with scope(company=company):
        assert Zone.objects.get().terminals.count() == 2
        administrator = Administrator.objects.select_related("company").get()
        assert not administrator.may_sync
        assert saved_selection(administrator).locations == filters.locations
        alice = User.objects.get(external_id="a")
        assert alice.full_name == "Alice Adams"
        assert credentials_of(alice) == {"card": {"100"}, "pin": {"0123"}}
        assert alice.groups.count() == 1


@pytest.mark.requirement("D-01", mutation="a complete file without a section of users removes them all")
def test_complete_file_without_a_section_removes_nothing_of_it(load: Load) -> None:
    load()

    assert load(NAMED + "complete: true\n").summary.lines() == ["Nothing had to be changed."]
    assert load(NAMED + "complete: true\nusers:\nrights:\n").summary.counts == {}
    assert load(NAMED + "complete: true\nrights: []\n").summary.lines() == ["Removed 1 access right."]
    with scopes_disabled():
        assert not AccessRight.objects.exists()
        assert User.objects.count() == 2


def test_name_with_nothing_behind_it_is_no_order_to_empty(load: Load) -> None:
    load()
    for field in ("pin", "cards", "groups", "expires"):
        with pytest.raises(FileFaults, match=f"'{field}' has nothing behind it"):
            load(NAMED + f"users: [{{id: a, {field}: }}]\n")
    assert load(NAMED + "users: [{id: a, pin: '', cards: []}]\n").summary.lines() == ["Changed 1 user."]


def test_complete_file_removes_who_has_no_id_of_the_company_too(club: Gym, tmp_path: Path) -> None:
    club.add("Nameless", club.members)

    assert take(club, tmp_path / "people.csv", EVERYBODY) == ["Added 2 users."]
    assert take(club, tmp_path / "people.csv", EVERYBODY, complete=True) == ["Removed 1 user."]
