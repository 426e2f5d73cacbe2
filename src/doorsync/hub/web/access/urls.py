"""Addresses of the access pages."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.access import group_views, holiday_views, opening_views, right_views, schedule_views, zone_views

app_name = "access"
urlpatterns = [
    path("", right_views.matrix, name="rights"),
    path("rights/<int:group_pk>/<int:zone_pk>/", right_views.change_right, name="right"),
    path("who/", opening_views.who_opens, name="openings"),
    path("groups/", group_views.group_list, name="groups"),
    path("groups/add/", group_views.add_group, name="add-group"),
    path("groups/<int:pk>/", group_views.group_page, name="group"),
    path("groups/<int:pk>/change/", group_views.change_group, name="change-group"),
    path("groups/<int:pk>/delete/", group_views.delete_group, name="delete-group"),
    path("zones/", zone_views.zone_list, name="zones"),
    path("zones/add/", zone_views.add_zone, name="add-zone"),
    path("zones/<int:pk>/", zone_views.change_zone, name="zone"),
    path("zones/<int:pk>/delete/", zone_views.delete_zone, name="delete-zone"),
    path("schedules/", schedule_views.schedule_list, name="schedules"),
    path("schedules/add/", schedule_views.add_schedule, name="add-schedule"),
    path("schedules/<int:pk>/", schedule_views.change_schedule, name="schedule"),
    path("schedules/<int:pk>/delete/", schedule_views.delete_schedule, name="delete-schedule"),
    path("holidays/", holiday_views.calendar_list, name="calendars"),
    path("holidays/add/", holiday_views.add_calendar, name="add-calendar"),
    path("holidays/<int:pk>/", holiday_views.calendar, name="calendar"),
    path("holidays/<int:pk>/change/", holiday_views.change_calendar, name="change-calendar"),
    path("holidays/<int:pk>/delete/", holiday_views.delete_calendar, name="delete-calendar"),
    path("holidays/days/<int:pk>/remove/", holiday_views.remove_holiday, name="remove-holiday"),
]
