"""What the columns of a company's files stood for: the last word counts, for this company, and no header is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users import column_mappings
from doorsync.hub.users.column_mappings import remember_columns, remembered_columns
from doorsync.hub.users.models import ColumnMapping
from tests.factories import world

pytestmark = pytest.mark.django_db
NAMES = ["lidnummer", "naam", "telefoon"]


@pytest.fixture
def company() -> Iterator[Company]:
    made = world.company()
    with scope(company=made):
        yield made


def remember(company: Company, names: list[str], *columns: str) -> None:
    remember_columns(
        company=company, names=names, columns=columns, actor=Actor(company_id=company.pk, administrator_id=0, via="test")
    )


def test_the_last_mapping_of_a_header_is_remembered(company: Company) -> None:
    assert remembered_columns(company, NAMES) is None
    remember(company, NAMES, "id", "last_name", "phone")
    remember(company, NAMES, "id", "first_name", "-")
    assert remembered_columns(company, NAMES) == ["id", "first_name", "-"]
    assert remembered_columns(company, NAMES[:2]) is None
    assert ColumnMapping.objects.count() == 1


def test_the_order_of_columns_does_not_matter_unless_names_repeat(company: Company) -> None:
    remember(company, NAMES, "id", "last_name", "phone")
    assert remembered_columns(company, ["telefoon", "lidnummer", "naam"]) == ["phone", "id", "last_name"]
    remember(company, ["id", "phone", "phone", "email"], "id", "-", "phone", "email")
    assert remembered_columns(company, ["id", "phone", "phone", "email"]) == ["id", "-", "phone", "email"]
    assert remembered_columns(company, ["phone", "id", "phone", "email"]) is None


@pytest.mark.requirement("D-05", mutation="the hash of a header made without the company's key, or the header itself kept")
def test_a_header_is_one_companys_and_is_not_kept_itself(company: Company) -> None:
    remember(company, NAMES, "id", "last_name", "phone")
    row = ColumnMapping.objects.values().get()
    assert not any(name in repr(row) for name in NAMES)
    other = world.other_company()
    with scope(company=other):
        assert remembered_columns(other, NAMES) is None
        remember(other, NAMES, "id", "-", "-")
        assert bytes(ColumnMapping.objects.get().header) != bytes(row["header"])
    assert remembered_columns(company, NAMES) == ["id", "last_name", "phone"]


def test_a_column_that_is_not_ours_any_more_is_left_open(company: Company) -> None:
    remember(company, NAMES, "id", "last_name", "shoe_size")
    assert remembered_columns(company, NAMES) == ["id", "last_name", ""]


def test_what_was_not_used_for_longest_is_forgotten(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_mappings, "MOST", 2)
    for name in ("a", "b", "a", "c"):
        remember(company, ["id", name], "id", "pin")
    assert [remembered_columns(company, ["id", name]) is not None for name in "abc"] == [True, False, True]
