"""Reads of identity providers and linked accounts."""

from __future__ import annotations

from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.companies.models import Company
from doorsync.hub.providers.models import AccountSession, LinkedAccount, Provider


def provider_of(company: Company) -> Provider | None:
    """The provider at which this company's administrators may sign in, if there is one."""
    with scope(company=company):
        return Provider.objects.select_related("company").first()


def anybody_has_provider() -> bool:
    """Whether any company of this hub has one: only then does the sign-in page speak of company accounts."""
    with scopes_disabled():
        return Provider.objects.exists()


def account_of(administrator: Administrator) -> LinkedAccount | None:
    """The account at the provider that is linked to them, or expected."""
    with scope(company=administrator.company_id):
        return LinkedAccount.objects.filter(administrator=administrator).first()


def without_account(company: Company) -> list[Administrator]:
    """The active administrators whom no account is linked to, nor expected of."""
    with scope(company=company):
        linked = LinkedAccount.objects.values("administrator_id")
        return list(Administrator.objects.filter(active=True).exclude(pk__in=linked).order_by("username"))


def password_is_enough(administrator: Administrator) -> bool:
    """Whether they may sign in to the pages with a password or a passkey. Owners always may, so that there is a way back in."""
    if administrator.level == Level.OWNER:
        return True
    provider = provider_of(administrator.company)
    return provider is None or provider.passwords


def opened_with_account(session_ids: list[int]) -> set[int]:
    """Which of these sessions were opened with a company account, in the company's scope."""
    return set(AccountSession.objects.filter(session_id__in=session_ids).values_list("session_id", flat=True))
