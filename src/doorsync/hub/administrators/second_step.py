"""Between the password and the code of the second factor: who gave the right password in this browser, for a few minutes.

It is signed and opens nothing by itself: without a code it is worth no more than the password.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.core import signing
from django_scopes import scopes_disabled

from doorsync.hub.administrators import cookies, tokens
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.clock_skew import Signer

SECONDS = 600
_signer = Signer(salt="doorsync.second-step")


def after_password(administrator: Administrator) -> str:
    """What the cookie says of somebody whose password was right just now."""
    return _signer.sign(f"{administrator.pk}.{administrator.version}")


def waiting_administrator(browser: Mapping[str, str]) -> Administrator | None:
    """Whose password was right in this browser; None when that was too long ago, or has changed since."""
    try:
        text = _signer.unsign(browser.get(cookies.cookie_name(cookies.SECOND_STEP), ""), max_age=SECONDS)
    except signing.BadSignature:
        return None
    number, version = text.split(".")
    with scopes_disabled():
        found = Administrator.objects.select_related("company").filter(pk=int(number), version=int(version)).first()
    return found if found and tokens.can_sign_in(found) else None
