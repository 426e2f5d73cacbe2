"""The addresses of the courier."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.courier import views

urlpatterns = [
    path("courier/answer", views.answer, name="courier-answer"),
    path("courier/enrol", views.enrol, name="courier-enrol"),
    path("courier/events", views.events, name="courier-events"),
    path("courier/hello", views.hello, name="courier-hello"),
    path("courier/next", views.next_batches, name="courier-next"),
    path("courier/changed", views.changed, name="courier-changed"),
    path("courier/part", views.part, name="courier-part"),
    path("courier/reached", views.reached, name="courier-reached"),
    path("courier/receipt", views.receipt, name="courier-receipt"),
    path("courier/rotate", views.rotate, name="courier-rotate"),
    path("courier/refused", views.refused, name="courier-refused"),
]
