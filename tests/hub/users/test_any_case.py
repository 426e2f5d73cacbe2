"""Texts are found whatever their case, on SQLite as on PostgreSQL."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.users.any_case import any_case, in_small_letters
from doorsync.hub.users.models import User
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["Łódź Čapek", "łódź čapek", "ŁÓDŹ ČAPEK", "ŁÓDŹ čapek", "Ło\u0301dz\u0301 C\u030capek"])
def test_a_whole_text_is_found_in_any_case(typed: str) -> None:
    company = world.company(name="Łódź Čapek")
    assert Company.objects.filter(any_case("name__iexact", typed)).get() == company


@pytest.mark.parametrize(("typed", "found"), [("čap", True), ("ČAP", True), ("lodz", False), ("%", False), ("ča_ek", False)])
def test_a_part_is_found_and_letters_stay_letters(typed: str, found: bool) -> None:
    world.company(name="Łódź Čapek")
    assert Company.objects.filter(any_case("name__icontains", typed)).exists() is found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dvo\u0159", True),
        ("DVO\u0158\u00c1K", True),
        ("mcd", True),
        ("mcDONALD", True),
        ("de la", True),
        ("d_or", False),
        ("%", False),
        ("dvor", False),
    ],
)
def test_a_part_of_a_name_is_found_in_the_column_for_searches(typed: str, found: bool) -> None:
    company = world.company()
    with scope(company=company):
        world.user(company, "McDonald", first_name="Dvořák", insertion="de la")
        assert User.objects.filter(in_small_letters("searched_name__contains", typed)).exists() is found
