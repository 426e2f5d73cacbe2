"""The base of all tables of a tenant: the company, and a manager that raises outside a company's scope."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django_scopes import ScopedManager, get_scope
from django_scopes.exceptions import ScopeError


class TenantModel(models.Model):
    """A row of one company. Queries need `with scope(company=...)`, or they raise."""

    company = models.ForeignKey("companies.Company", models.CASCADE, related_name="+")

    objects: ClassVar[models.Manager[Self]] = ScopedManager(company="company")

    class Meta:
        abstract = True


def company_in_scope() -> int:
    """The id of the company in scope, for statements written in SQL. Raises ScopeError outside a company's scope."""
    company = get_scope().get("company")
    if company is None:
        raise ScopeError("There is no company in scope.")
    return int(getattr(company, "pk", company))
