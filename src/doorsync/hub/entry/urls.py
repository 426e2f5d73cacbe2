"""All addresses that Django answers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("doorsync.hub.administrators.urls")),
    path("", include("doorsync.hub.courier.urls")),
    path("agents/", include("doorsync.hub.terminals.urls")),
    path("sync/", include("doorsync.hub.sync.urls")),
    path("", include("doorsync.hub.ui.urls")),
]
