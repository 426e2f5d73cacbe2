"""Statements in SQL name the company themselves: outside its scope there is none to name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.statements import marks, rows_of, stored_moment
from doorsync.hub.companies.tenancy import company_in_scope
from tests.factories import world


@pytest.mark.requirement("S-04", mutation="company_in_scope() answering 0 where there is none")
@pytest.mark.django_db
def test_company_in_scope_is_named_by_object_or_id_and_nothing_else_is() -> None:
    company = world.company()
    for named in (company, company.pk):
        with scope(company=named):
            assert company_in_scope() == company.pk
    with pytest.raises(ScopeError):
        company_in_scope()
    with scopes_disabled(), pytest.raises(ScopeError):
        company_in_scope()


@pytest.mark.django_db
def test_rows_under_markers_and_moments_are_found() -> None:
    company = world.company()
    names = [world.administrator(company, username=name).username for name in ("anna", "bert")]
    statement = f"SELECT username FROM administrators_administrator WHERE username IN ({marks(names)}) ORDER BY username"
    assert rows_of(statement, names) == [("anna",), ("bert",)]
    later = "SELECT COUNT(*) FROM companies_company WHERE created_at > %s"
    assert rows_of(later, [stored_moment(timezone.now() + timedelta(seconds=1))]) == [(0,)]
    assert rows_of(later, [stored_moment(timezone.now() - timedelta(hours=1))]) == [(1,)]
    with scope(company=company):
        assert Administrator.objects.count() == 2
