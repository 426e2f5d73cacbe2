"""The base of all tables of a tenant: the company, and a manager that raises outside a company's scope."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django_scopes import ScopedManager


class TenantModel(models.Model):
    """A row of one company. Queries need `with scope(company=...)`, or they raise."""

    company = models.ForeignKey("companies.Company", models.CASCADE, related_name="+")

    objects: ClassVar[models.Manager[Self]] = ScopedManager(company="company")

    class Meta:
        abstract = True
