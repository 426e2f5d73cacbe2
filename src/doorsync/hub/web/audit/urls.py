"""Addresses of the audit."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.audit_page, name="audit"),
    path("check/", views.check_trail, name="check"),
]
