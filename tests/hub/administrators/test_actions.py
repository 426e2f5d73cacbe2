from __future__ import annotations

import pytest

from doorsync.hub.administrators import actions, errors
from doorsync.hub.audit.trail import Actor
from tests.factories import world

HERE = "192.0.2.1"


@pytest.mark.django_db
def test_authenticate_finds_the_administrator_and_a_token_is_issued() -> None:
    company = world.company()
    alice = world.administrator(company)
    found = actions.authenticate(company=company, username="username", password="passwrod", address=HERE)
    assert found == alice
    token = actions.issue_sync_token(administrator=found, actor=Actor(company_id=company.pk, via="esws"))
    assert len(token) == 128


@pytest.mark.django_db
def test_authenticate_refuses_a_wrong_password() -> None:
    company = world.company()
    world.administrator(company)
    with pytest.raises(errors.NoSuchAdministrator):
        actions.authenticate(company=company, username="username", password="password", address=HERE)
