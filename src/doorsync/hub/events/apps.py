"""The Django app of events."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
