"""Reads of companies. They need no scope, because they come before one is chosen."""

from __future__ import annotations

from django.db import connection

from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import from_plain_row, plain_fields
from doorsync.hub.companies.vault import code_hash

FIELDS = plain_fields(Company)
BY_CODE = f"""SELECT {", ".join(field.column for field in FIELDS)} FROM companies_company
    WHERE code_hash = %s AND active"""  # noqa: S608 - names of columns only


def company_by_code(code: str) -> Company:
    """The active company with this security code. Raises UnknownCompany."""
    with connection.cursor() as cursor:  # every call of a program begins here
        cursor.execute(BY_CODE, [code_hash(code)])
        row = cursor.fetchone()
    if row is None:
        raise UnknownCompany
    return from_plain_row(Company, FIELDS, row)


def company_by_slug(slug: str) -> Company:
    """The active company with this short name. Raises UnknownCompany."""
    return _only(slug=slug.strip().lower())


def company_of_store(head: Company, store: int) -> Company:
    """The active company that has this number among those that use this one's code. Raises UnknownCompany."""
    return _only(head=head, store=store)


def _only(**by: object) -> Company:
    company = Company.objects.filter(active=True, **by).first()
    if company is None:
        raise UnknownCompany
    return company
