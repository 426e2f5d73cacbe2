"""Addresses of the pages of locations."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.access import location_views

app_name = "locations"
urlpatterns = [
    path("", location_views.location_list, name="list"),
    path("add/", location_views.add_location, name="add"),
    path("<int:pk>/", location_views.change_location, name="change"),
    path("<int:pk>/delete/", location_views.delete_location, name="delete"),
]
