"""Addresses of the people pages."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.people import list_views, person_views

app_name = "people"
urlpatterns = [
    path("", list_views.people_list, name="list"),
    path("<int:number>/", person_views.person_doors, name="person"),
]
