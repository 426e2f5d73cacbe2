"""All addresses that Django answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path

from doorsync.hub.settings.config import config
from doorsync.hub.ui.views import styleguide
from doorsync.hub.web.decorators import needs_full_sign_in
from doorsync.hub.web.former_addresses import PLACES, former_address


def restricted_styleguide(request: HttpRequest) -> HttpResponseBase:
    """Show the style guide to administrators who are fully signed in, and in the demo to everybody."""
    shown: Callable[[Any], Any] = styleguide if config().demo else needs_full_sign_in(styleguide)
    answer: HttpResponseBase = shown(request)
    return answer


handler500 = "doorsync.hub.entry.error_pages.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("doorsync.hub.web.sign_in.urls")),
    path("", include("doorsync.hub.web.company_accounts.urls")),
    path("", include("doorsync.hub.courier.urls")),
    path("access/", include("doorsync.hub.web.access.urls")),
    path("locations/", include("doorsync.hub.web.access.location_urls")),
    path("doors/", include("doorsync.hub.web.terminals.urls")),
    path("audit/", include("doorsync.hub.web.audit.urls")),
    path("settings/", include("doorsync.hub.web.settings.urls")),
    path("administrators/", include("doorsync.hub.web.administrators.urls")),
    path("account/", include("doorsync.hub.web.administrators.account_urls")),
    path("activity/", include("doorsync.hub.web.activity.urls")),
    path("agents/", include("doorsync.hub.web.agents.urls")),
    path("overview/", include("doorsync.hub.web.overview.urls")),
    path("setup/", include("doorsync.hub.web.setup.urls")),
    path("people/", include("doorsync.hub.web.people.urls")),
    path("visitors/", include("doorsync.hub.web.visitors.urls")),
    path("sync/", include("doorsync.hub.web.sync.urls")),
    re_path(rf"^(?P<words>{'|'.join(PLACES)})/?$", former_address, name="former-address"),
    path("styleguide/", restricted_styleguide, name="styleguide"),
]
