"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.settings import views

app_name = "settings"
urlpatterns = [
    path("", views.settings_page, name="company"),
    path("info-fields/", views.info_fields, name="info-fields"),
    path("access-log/", views.access_log, name="access-log"),
    path("code/", views.new_code, name="code"),
    path("compatible-tokens/", views.compatible_tokens, name="compatible-tokens"),
]
