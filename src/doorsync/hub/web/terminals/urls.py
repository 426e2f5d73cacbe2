"""Addresses of the pages of doors."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.terminals import adopt_views, edit_views, mode_views, opening_views, views

app_name = "doors"
urlpatterns = [
    path("", views.door_list, name="list"),
    path("add/", edit_views.add_door, name="add"),
    path("lock-down/", mode_views.location_mode, name="lock-down"),
    path("<str:public_id>/", views.door_page, name="door"),
    path("<str:public_id>/adopt/", adopt_views.adopt_door, name="adopt"),
    path("<str:public_id>/change/", edit_views.change_door, name="change"),
    path("<str:public_id>/open/", opening_views.open_door, name="open"),
    path("<str:public_id>/mode/<str:do>/", mode_views.door_mode, name="mode"),
    path("<str:public_id>/openings/", opening_views.openings, name="openings"),
    path("<str:public_id>/delete/", edit_views.delete_door, name="delete"),
]
