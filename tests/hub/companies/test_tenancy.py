"""Outside a company's scope nothing is read."""

from __future__ import annotations

import pytest
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.tenancy import company_in_scope


def test_statement_in_sql_knows_its_company_or_raises() -> None:
    with scope(company=Company(pk=7)):
        assert company_in_scope() == 7
    with scope(company=8):
        assert company_in_scope() == 8
    with pytest.raises(ScopeError):
        company_in_scope()
    with scopes_disabled(), pytest.raises(ScopeError):
        company_in_scope()


def test_forgotten_company_filter_raises_before_the_database_is_asked() -> None:
    with pytest.raises(ScopeError):
        Location.objects.count()
    with pytest.raises(ScopeError):
        Location.objects.filter(pk=1).delete()
