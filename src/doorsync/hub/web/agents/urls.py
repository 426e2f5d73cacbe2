"""Addresses of the agents page."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.agents import views

app_name = "terminals"
urlpatterns = [
    path("", views.agents_page, name="agents"),
    path("<str:public_id>/code/", views.make_code, name="code"),
]
