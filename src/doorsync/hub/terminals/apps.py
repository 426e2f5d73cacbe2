"""The Django app of terminals."""

from django.apps import AppConfig


class TerminalsConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.terminals"
    label = "terminals"
    default_auto_field = "django.db.models.BigAutoField"
