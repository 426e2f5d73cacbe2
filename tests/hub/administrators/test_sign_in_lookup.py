from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import sign_in_throttle
from doorsync.hub.administrators.sign_in_lookup import look_up
from doorsync.hub.companies.models import Company
from tests.factories import world

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def company(db: None) -> Company:
    made = world.company()
    world.administrator(made)
    world.administrator(world.other_company(), username="other")
    with scope(company=made):
        sign_in_throttle.remember_source(made, HERE)
    return made


def test_administrator_is_found_with_what_decides_about_it_in_one_statement(company: Company) -> None:
    with CaptureQueriesContext(connection) as captured:
        found = look_up(company, "username", HERE).found
        assert found is not None
        assert (found.username, found.active, found.may_sync, found.version, found.company) == (
            "username",
            True,
            True,
            1,
            company,
        )
        assert found.password.startswith("argon2")
    assert len(captured) == 1
    with scope(company=company):
        assert found.created_at <= timezone.now(), "what is not read at once is read when it is asked for"


@pytest.mark.parametrize("name", ["other", "Username", "", "user\0name", "\0"])
def test_nobody_else_is_found(company: Company, name: str) -> None:
    assert look_up(company, name, HERE).found is None


def test_source_is_noted_for_a_day_and_known_for_thirty(company: Company) -> None:
    assert (look_up(company, "username", ELSEWHERE).known, look_up(company, "username", ELSEWHERE).noted) == (False, False)
    known = []
    for days in (0, 0.9, 1.1, 29.9, 30.1, -0.5):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            seen = look_up(company, "username", HERE)
            known.append((seen.known, seen.noted))
    assert known == [(True, True), (True, True), (True, False), (True, False), (False, False), (False, False)]


def test_spent_budgets_are_those_of_this_name_and_source(company: Company) -> None:
    with scope(company=company):
        for _ in range(sign_in_throttle.OWN):
            assert not look_up(company, "username", HERE).spent
            sign_in_throttle.take_try(company, "username", HERE, known=True)
        assert look_up(company, "username", HERE).spent
        assert not look_up(company, "another", HERE).spent
        assert not look_up(company, "username", ELSEWHERE).spent
        for number in range(sign_in_throttle.SHARED - sign_in_throttle.OWN):
            sign_in_throttle.take_try(company, f"name {number}", HERE, known=True)
        assert look_up(company, "another", HERE).spent
        with time_machine.travel(timezone.now() + sign_in_throttle.WINDOW, tick=False):
            assert not look_up(company, "username", HERE).spent
