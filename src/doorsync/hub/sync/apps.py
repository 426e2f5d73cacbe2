"""The Django app of this room."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.sync"
    label = "sync"
    default_auto_field = "django.db.models.BigAutoField"
