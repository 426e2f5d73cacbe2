"""Addresses of the sync pages."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.sync import page_detour, person_views, plan_views, run_events, run_views, terminal_views

app_name = "sync"
urlpatterns = [
    path("", plan_views.plan_page, name="plan-page"),
    path("plan/", plan_views.plan_part, name="plan"),
    path("filter/", plan_views.save_filter, name="filter"),
    path("people/", plan_views.people_page, name="people"),
    path("find/", plan_views.find_page, name="find"),
    path("terminals/<str:public_id>/", terminal_views.terminal_page, name="terminal"),
    path("terminals/<str:public_id>/device/", terminal_views.decide_device, name="decide-device"),
    path("terminals/<str:public_id>/strangers/", terminal_views.decide_strangers, name="decide-strangers"),
    path("user/", person_views.user_page, name="user"),
    path("user/runs/", person_views.press_sync_user, name="press-user"),
    path("runs/", run_views.press_sync, name="press"),
    path("runs/<str:public_id>/", run_views.run_page, name="run"),
    path("runs/<str:public_id>/events/", run_events.run_events, name="events"),
    path("runs/<str:public_id>/detour/", page_detour.detour, name="detour"),
    path("runs/<str:public_id>/retry/", run_views.retry_failed, name="retry"),
]
