"""Addresses of the visitors' pages."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.visitors import views

app_name = "visitors"
urlpatterns = [
    path("", views.visit_list, name="list"),
    path("add/", views.add_visit, name="add"),
    path("<int:pk>/pass/", views.visitor_pass, name="pass"),
    path("<int:pk>/arrived/", views.arrived, name="arrived"),
    path("<int:pk>/not-arrived/", views.not_arrived, name="not-arrived"),
    path("<int:pk>/left/", views.left, name="left"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
