"""The headers that every answer carries, so that no page needs to think of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponseBase

from doorsync.hub.settings.config import config

LANDING = ("/users/totalSyncUser", "/users/oneSyncUser", "/sync/start")  # addresses that hold a token or a handle
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
PERMISSIONS = "local-network=(self), loopback-network=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def add_headers(request: HttpRequest, response: HttpResponseBase, frames: Iterable[str], connect_to: Iterable[str]) -> None:
    """Add what is missing. `frames` are the origins that may embed this page; `connect_to` those it may fetch from."""
    framed_by = _origins(frames)
    response.headers["Content-Security-Policy"] = _policy(framed_by, _origins(connect_to))
    if not framed_by:
        response.headers["X-Frame-Options"] = "DENY"
    for name, value in {
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        # "no-referrer" would make Chromium send "Origin: null", and every form would be refused.
        "Referrer-Policy": "strict-origin" if request.path.startswith(LANDING) else "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }.items():
        response.headers.setdefault(name, value)
    if config().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def _policy(frames: list[str], connect_to: list[str]) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            " ".join(["connect-src 'self'", *connect_to]),
            "form-action 'self'",
            "base-uri 'none'",
            " ".join(["frame-ancestors", *(frames or ["'none'"])]),
        ]
    )


def _origins(given: Iterable[str]) -> list[str]:
    """Only what is an origin and nothing else: a stored text never adds a rule of its own to the policy."""
    return sorted({text for text in given if ORIGIN.fullmatch(text)})
