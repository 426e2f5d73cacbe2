"""Addresses of the agents page."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.agents import edit_views, views

app_name = "terminals"
urlpatterns = [
    path("", views.agents_page, name="agents"),
    path("add/", edit_views.add_agent, name="add-agent"),
    path("<str:public_id>/delete/", edit_views.delete_agent, name="delete-agent"),
    path("<str:public_id>/code/", views.make_code, name="code"),
]
