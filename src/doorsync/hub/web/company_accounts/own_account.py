"""What one's account page says of the company account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.providers.queries import account_of, opened_with_account, provider_of


def company_account_of(administrator: Administrator, live: Iterable[Session]) -> dict[str, Any]:
    """Whether there is one, and which of these sessions it opened."""
    with_account = opened_with_account([each.pk for each in live])
    provider = provider_of(administrator.company)
    return {"provider": provider, "company_account": account_of(administrator), "with_account": with_account}
