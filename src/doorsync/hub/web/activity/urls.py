"""Addresses of the access log."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.activity import erasure_views, live_events, log_views, revocation_views

app_name = "activity"
urlpatterns = [
    path("", log_views.access_log, name="log"),
    path("live/", live_events.live_events, name="live"),
    path("revocations/", revocation_views.revocations, name="revocations"),
    path("revocations/<int:number>/", revocation_views.revocation, name="revocation"),
    path("revocations/<int:number>/erase/", erasure_views.erase_former_person, name="erase-former"),
    path("revocations/<int:number>/receipt.json", revocation_views.revocation_receipt, name="revocation-receipt"),
    path("erasures/", erasure_views.erasures, name="erasures"),
    path("erasures/<int:pk>/", erasure_views.erasure, name="erasure"),
    path("erasures/<int:pk>/receipt.json", erasure_views.receipt, name="erasure-receipt"),
    path("export/", log_views.export_events, name="export"),
    path("<int:number>/", log_views.event_page_view, name="event"),
]
