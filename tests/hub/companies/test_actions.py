"""Setting up companies, and changing them."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import actions
from doorsync.hub.companies.errors import CodeTaken, LocationNameTaken, SlugTaken, UnknownCompany, UnknownTimeZone, WeakCode
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.companies.transactions import company_transaction
from tests.factories.world import SAMPLE_CODE

OTHER_CODE = "abcdefghijklmnopqrstuvwxyz;^+#&<"
pytestmark = pytest.mark.django_db


def create(slug: str = "gym", code: str = SAMPLE_CODE) -> Company:
    return actions.create_company(slug=slug, name="Gym", code=code, via="test")


def _change_and_fail(company: Company) -> None:
    with company_transaction(company, by(company)) as change:
        change.affects_schedules()
        create("other")


def by(company: Company) -> Actor:
    return Actor(company_id=company.pk, via="test")


def test_company_is_found_by_its_code_only() -> None:
    company = create()

    assert company_by_code(SAMPLE_CODE) == company
    with pytest.raises(UnknownCompany):
        company_by_code(SAMPLE_CODE.lower())
    assert SAMPLE_CODE.encode() not in bytes(Company.objects.get().code_hash)


@pytest.mark.parametrize("code", ["", "short", "a" * 32, "abcabcab" * 4, SAMPLE_CODE + "x", SAMPLE_CODE[:-1] + "\n"])
def test_weak_code_is_refused(code: str) -> None:
    with pytest.raises(WeakCode):
        create(code=code)


def test_code_and_slug_belong_to_one_company() -> None:
    create()
    with pytest.raises(CodeTaken):
        create("other")
    with pytest.raises(SlugTaken):
        create(code=OTHER_CODE)


def test_changed_code_replaces_the_old_one() -> None:
    company = create()

    assert actions.change_code(company=company, code=OTHER_CODE, actor=by(company))
    assert not actions.change_code(company=company, code=OTHER_CODE, actor=by(company))
    assert company_by_code(OTHER_CODE) == company
    with pytest.raises(UnknownCompany):
        company_by_code(SAMPLE_CODE)


def test_change_company_says_whether_anything_differed() -> None:
    company = create()

    assert actions.change_company(company=company, token_seconds=120, actor=by(company))
    assert not actions.change_company(company=company, token_seconds=120, actor=by(company))
    assert Company.objects.get().token_seconds == 120
    with scope(company=company):
        assert Entry.objects.filter(event="company.changed").count() == 1


def test_location_needs_a_time_zone_that_exists() -> None:
    company = create()
    place = actions.create_location(company=company, name="Hall", time_zone="Europe/Amsterdam", actor=by(company))

    with pytest.raises(LocationNameTaken):
        actions.create_location(company=company, name="Hall", time_zone="Europe/Amsterdam", actor=by(company))
    for nowhere in ("Europe/Nowhere", "", "../../etc", "Europe"):
        with pytest.raises(UnknownTimeZone):
            actions.change_time_zone(location=place, time_zone=nowhere, actor=by(company))


def test_change_announces_once_at_its_end_and_not_at_all_when_it_fails() -> None:
    company, heard = create(), []

    def listen(*, users: set[int] | None, **_: object) -> None:
        heard.append(users)

    access_changed.connect(listen)
    try:
        with company_transaction(company, by(company)) as outer:
            outer.affects([1])
            with company_transaction(company, by(company)) as inner:
                inner.affects([2])
            assert heard == []
        with pytest.raises(CodeTaken):
            _change_and_fail(company)
    finally:
        access_changed.disconnect(listen)
    assert heard == [{1, 2}]
