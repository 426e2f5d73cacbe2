"""The Django app of this room."""

from django.apps import AppConfig


class TerminalsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.terminals"
    label = "terminals"
    default_auto_field = "django.db.models.BigAutoField"
