"""Addresses of the pages of administrators."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.administrators import views

app_name = "administrators"
urlpatterns = [
    path("", views.administrator_list, name="list"),
    path("add/", views.add_administrator, name="add"),
    path("<int:pk>/", views.change_administrator, name="change"),
    path("<int:pk>/password/", views.reset_password, name="password"),
    path("<int:pk>/second-factor/", views.reset_second_factor, name="second-factor"),
    path("<int:pk>/active/", views.set_active, name="active"),
]
