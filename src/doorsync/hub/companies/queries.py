"""Reads of companies. They need no scope, because they come before one is chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection

from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import from_plain_row, plain_fields
from doorsync.hub.companies.vault import code_hash

FIELDS = plain_fields(Company)
HASH = [field.attname for field in FIELDS].index("code_hash")
BY_CODE = f"""SELECT {", ".join(field.column for field in FIELDS)} FROM companies_company
    WHERE active AND code_hash IN"""  # noqa: S608 - names of columns only


def company_by_code(code: str) -> Company:
    """The active company with this security code. Raises UnknownCompany."""
    found = companies_by_codes([code])
    if not found:
        raise UnknownCompany
    return found[code]


def companies_by_codes(codes: Collection[str]) -> Mapping[str, Company]:
    """The active companies with these security codes, by code, in one statement."""
    hashes = {code: code_hash(code) for code in codes}
    with connection.cursor() as cursor:  # every call of a program begins here
        cursor.execute(f"{BY_CODE} ({', '.join(['%s'] * len(hashes))})", list(hashes.values()))
        found = {bytes(row[HASH]): row for row in cursor.fetchall()}
    return {code: from_plain_row(Company, FIELDS, found[kept]) for code, kept in hashes.items() if kept in found}


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
