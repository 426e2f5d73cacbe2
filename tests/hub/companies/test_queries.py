"""Companies are found by code, name or number among those of a chain, and only while they are active."""

from __future__ import annotations

import pytest

from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.queries import companies_by_codes, company_by_code, company_by_slug, company_of_store
from tests.factories import world

pytestmark = pytest.mark.django_db
ODD = "^4p;tU0Q+#dEIhTWkuj5FnLD<aKWqVu&"


@pytest.mark.requirement("M-03", mutation="BY_CODE without its look at `active`")
def test_a_code_finds_its_company_while_that_is_active() -> None:
    gym, other = world.company(code=ODD), world.other_company()
    assert company_by_code(ODD) == gym
    for wrong in (ODD.lower(), ODD[:-1], ODD + " ", ""):
        with pytest.raises(UnknownCompany):
            company_by_code(wrong)
    Company.objects.filter(pk=gym.pk).update(active=False)
    with pytest.raises(UnknownCompany):
        company_by_code(ODD)
    assert other.active


def test_of_many_codes_those_that_are_known_are_found_each_with_its_own_company() -> None:
    gym, pool = world.company(code="a" * 32), world.company(code="b" * 32)
    found = companies_by_codes(["b" * 32, "a" * 32, "c" * 32])
    assert found == {"a" * 32: gym, "b" * 32: pool}
    assert found["a" * 32].name == gym.name


def test_a_short_name_is_found_as_people_type_it() -> None:
    gym = world.company(slug="gym")
    assert company_by_slug(" Gym ") == gym
    with pytest.raises(UnknownCompany):
        company_by_slug("gy")
    Company.objects.update(active=False)
    with pytest.raises(UnknownCompany):
        company_by_slug("gym")


def test_a_store_is_found_at_its_own_head_only() -> None:
    head, other = world.company(), world.other_company()
    store = world.other_company(head=head, store=7)
    assert company_of_store(head, 7) == store
    for where, number in ((other, 7), (head, 8)):
        with pytest.raises(UnknownCompany):
            company_of_store(where, number)
