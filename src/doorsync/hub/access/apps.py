"""The Django app of this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
