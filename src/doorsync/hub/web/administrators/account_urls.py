"""Addresses of one's own account."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.administrators import account_views

app_name = "account"
urlpatterns = [
    path("", account_views.account, name="account"),
    path("password/", account_views.own_password, name="password"),
    path("language/", account_views.choose_language, name="language"),
    path("sessions/end/", account_views.end_session, name="end-session"),
]
