"""Texts are found whatever their case, on SQLite as on PostgreSQL."""

from __future__ import annotations

import pytest

from doorsync.hub.companies.models import Company
from doorsync.hub.users.any_case import any_case
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
