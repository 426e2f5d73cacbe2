"""The Django app of this room."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"
