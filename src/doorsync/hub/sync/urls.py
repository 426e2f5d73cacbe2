"""Addresses of the sync pages."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.sync import detour, events, run_views, terminal_views, views

app_name = "sync"
urlpatterns = [
    path("", views.plan_page, name="plan-page"),
    path("plan/", views.plan_part, name="plan"),
    path("filter/", views.save_filter, name="filter"),
    path("people/", views.people_page, name="people"),
    path("find/", views.find_page, name="find"),
    path("terminals/<str:public_id>/", terminal_views.terminal_page, name="terminal"),
    path("terminals/<str:public_id>/device/", terminal_views.decide_device, name="decide-device"),
    path("terminals/<str:public_id>/strangers/", terminal_views.decide_strangers, name="decide-strangers"),
    path("runs/", run_views.press_sync, name="press"),
    path("runs/<str:public_id>/", run_views.run_page, name="run"),
    path("runs/<str:public_id>/events/", events.run_events, name="events"),
    path("runs/<str:public_id>/detour/", detour.detour, name="detour"),
    path("runs/<str:public_id>/retry/", run_views.retry_failed, name="retry"),
]
