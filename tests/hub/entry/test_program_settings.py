from __future__ import annotations

from typing import Any

import pytest

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.entry.program_settings import HeadAndStore, StoreTaken, change_program_settings, program_settings
from doorsync.hub.users.errors import InfoFieldInUse
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return world.company(slug="gym")


def changed(company: Company, **said: Any) -> list[str]:
    change_program_settings(company=company, actor=Actor(company_id=company.pk), **said)
    return list(program_settings(Company.objects.get(pk=company.pk)))


def test_program_settings_of_a_company_that_said_nothing(company: Company) -> None:
    assert changed(company) == [
        "Kind: EasySecure",
        "Programs' own ids (wsAltUserId): no info field",
        "Characters above 255: are kept",
    ]


def test_program_settings_change_what_is_named_and_nothing_else(company: Company) -> None:
    changed(company, branches=True)

    assert changed(company, question_marks=True, alt_id=3) == [
        "Kind: Branches",
        "Programs' own ids (wsAltUserId): info3",
        "Characters above 255: become ?",
    ]


def test_program_settings_refuse_a_second_field_for_own_ids(company: Company) -> None:
    changed(company, alt_id=3)

    with pytest.raises(InfoFieldInUse):
        changed(company, alt_id=4)


def test_program_settings_make_a_company_a_store_of_another(company: Company) -> None:
    head, second = world.company(code="h" * 32, slug="plus"), world.company(code="s" * 32, slug="second")

    assert changed(company, head=head, store=7)[-1] == "Store 7 of plus"
    with pytest.raises(StoreTaken):
        changed(second, head=head, store=7)
    with pytest.raises(HeadAndStore):
        changed(second, head=head)
    with pytest.raises(HeadAndStore):
        changed(head, head=head, store=1)
