"""Reads of companies. They need no scope, because they come before one is chosen."""

from __future__ import annotations

from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.vault import code_hash


def company_by_code(code: str) -> Company:
    """The active company with this security code. Raises UnknownCompany."""
    return _only(code_hash=code_hash(code))


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
