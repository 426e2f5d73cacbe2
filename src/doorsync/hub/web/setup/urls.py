"""The address of the set-up page."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.setup import views

urlpatterns = [path("", views.setup, name="setup")]
