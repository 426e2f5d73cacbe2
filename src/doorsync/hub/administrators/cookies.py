"""The cookies of signing in: one for each sync session, one for the full one, and short-lived ones of the steps in between."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from http.cookies import Morsel

from django.http import HttpResponse

from doorsync.hub.settings.config import config

SYNC = "sync-"  # followed by the session's public id
FULL = "doorsync"
LANDING = "landing"
SECOND_STEP = "second-step"
PASSKEY = "passkey"
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes
LANDING_SECONDS = 120


class PartitionedCookie(Morsel[str]):
    """A cookie that browsers keep for each embedding site apart. Python's own cookies learn that word in 3.14 only."""

    def OutputString(self, attrs: object = None) -> str:  # noqa: N802, ARG002 - the name and shape of the standard library
        """The header's value."""
        return f"{super().OutputString()}; Partitioned"


def cookie_name(of: str) -> str:
    """The cookie's full name: browsers hold a `__Host-` cookie to Secure, to Path=/ and to this very host."""
    return f"__Host-{of}" if config().secure else of


def sync_secrets(cookies: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Public id and secret of each sync session that a browser says it holds."""
    prefix = cookie_name(SYNC)
    for key, secret in cookies.items():
        if key.startswith(prefix) and SECRET.fullmatch(secret):
            yield key.removeprefix(prefix), secret


def full_secret(cookies: Mapping[str, str]) -> str:
    """The secret of the full session that a browser says it holds, if any."""
    secret = cookies.get(cookie_name(FULL), "")
    return secret if SECRET.fullmatch(secret) else ""


def landing_secret(cookies: Mapping[str, str]) -> str:
    """What the landing page gave this browser a moment ago, if anything."""
    secret = cookies.get(cookie_name(LANDING), "")
    return secret if SECRET.fullmatch(secret) else ""


def fresh_secret() -> str:
    """32 random bytes, in the letters that cookies allow."""
    return secrets.token_urlsafe(32)


def put(response: HttpResponse, of: str, value: str, seconds: int) -> None:
    """Set a cookie that works inside a frame too, where the hub is reached over TLS."""
    cookie = PartitionedCookie() if config().secure else Morsel[str]()
    cookie.set(cookie_name(of), value, value)
    cookie.update({"path": "/", "max-age": str(seconds), "httponly": "yes", "samesite": "Lax"})
    if config().secure:
        cookie.update({"secure": "yes", "samesite": "None"})
    response.cookies[cookie_name(of)] = cookie


def put_full(response: HttpResponse, value: str, seconds: int) -> None:
    """Set the cookie of the full session, which works in no frame of another site."""
    _put_unframed(response, FULL, value, seconds)


def put_second_step(response: HttpResponse, value: str, seconds: int) -> None:
    """Set the cookie of whoever still owes the code of their second factor; it works in no frame of another site either."""
    _put_unframed(response, SECOND_STEP, value, seconds)


def put_passkey(response: HttpResponse, value: str, seconds: int) -> None:
    """Set the cookie with the challenge of a passkey; it works in no frame of another site either."""
    _put_unframed(response, PASSKEY, value, seconds)


def drop_full(response: HttpResponse) -> None:
    """Make the browser forget the cookie of the full session."""
    put_full(response, "", 0)


def drop(response: HttpResponse, of: str) -> None:
    """Make the browser forget a cookie."""
    put(response, of, "", 0)


def _put_unframed(response: HttpResponse, of: str, value: str, seconds: int) -> None:
    response.set_cookie(cookie_name(of), value, max_age=seconds, secure=config().secure, httponly=True, samesite="Lax")
