"""A company whose info field 3 stands for the id of a third party, and Anna, of whom everything is known."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users.info_fields import change_info_field
from doorsync.hub.users.models import Group, User
from tests.factories import world


@pytest.fixture
def company() -> Company:
    made = world.company()
    actor = Actor(company_id=made.pk)
    with scope(company=made):
        change_info_field(company=made, number=3, label="Member", function="external_id", actor=actor)
    return made


@pytest.fixture
def members(company: Company) -> Group:
    return world.group(company)


@pytest.fixture
def anna(company: Company, members: Group) -> User:
    made = world.user(
        company,
        "Jansen",
        members,
        world.group(company, "A & ö€"),
        number=2179,
        first_name="Anna",
        insertion="van der",
        external_id="M-1",
        starts="2026-12-01T08:30",
        expires="2027-12-01T00:00",
        info1="blue <locker>",
        admin=True,
        card="36136500607727109",
        pin="0042",
    )
    world.credential(made, "card", "1")
    world.credential(made, "licence_plate", "12ABCD")
    world.credential(made, "qr", "only the program that asks getQR is told")
    return made
