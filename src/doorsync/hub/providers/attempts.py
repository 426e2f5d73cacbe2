"""A sign-in that is under way at the provider: what the browser keeps of it, sealed, until the provider sends it back.

The cookie binds the answer to this browser, company and provider. It is good for ten minutes, and opens nothing by itself.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import cookies
from doorsync.hub.companies import vault
from doorsync.hub.companies.clock_skew import has_begun
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.providers.models import Provider
from doorsync.hub.settings.config import config

COOKIE, PURPOSE = "company-account", "company-account-attempt"
SECONDS = 600
LONGEST_PAGE = 500  # characters of the address of the page that was wanted


def _random() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attempt:
    """What has to come back, or be proved, at the end. `linking`: the public id of the session whose account is to be linked."""

    provider: int
    version: int
    started: float = field(default_factory=lambda: timezone.now().timestamp())
    state: str = field(default_factory=_random)
    nonce: str = field(default_factory=_random)
    verifier: str = field(default_factory=_random)
    wanted: str = ""
    linking: str = ""


def begin_attempt(provider: Provider, *, wanted: str = "", linking: str = "") -> Attempt:
    """A sign-in that begins now; `wanted`: the page to go to afterwards."""
    wanted = wanted if len(wanted) <= LONGEST_PAGE else ""
    return Attempt(provider=provider.pk, version=provider.version, wanted=wanted, linking=linking)


def keep_attempt(response: HttpResponse, company: Company, attempt: Attempt) -> None:
    """Give it to the browser; the newest one counts."""
    sealed = vault.seal(company, PURPOSE, json.dumps(asdict(attempt)), str(company.pk))
    _put(response, urlsafe_b64encode(sealed).decode(), SECONDS)


def drop_attempt(response: HttpResponse) -> None:
    """Make the browser forget it."""
    _put(response, "", 0)


def kept_attempt(browser: Mapping[str, str], company: Company) -> tuple[Attempt, Provider] | None:
    """What this browser began at this company's provider; None when it did not, too long ago, or the provider has changed."""
    try:
        sealed = urlsafe_b64decode(browser.get(cookies.cookie_name(COOKIE), ""))
        attempt = Attempt(**json.loads(vault.unseal(company, PURPOSE, sealed, str(company.pk))))
    except (CannotUnseal, ValueError, TypeError):
        return None
    started, now = datetime.fromtimestamp(attempt.started, UTC), timezone.now()
    if not has_begun(started, now) or now - started >= timedelta(seconds=SECONDS):
        return None
    with scope(company=company):
        provider = Provider.objects.select_related("company").filter(pk=attempt.provider, version=attempt.version).first()
    return (attempt, provider) if provider else None


def _put(response: HttpResponse, value: str, seconds: int) -> None:
    """The provider leads back from another site, with GET: browsers send a Lax cookie with that."""
    response.set_cookie(
        cookies.cookie_name(COOKIE), value, max_age=seconds, secure=config().secure, httponly=True, samesite="Lax"
    )
