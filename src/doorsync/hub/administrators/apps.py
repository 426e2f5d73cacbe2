"""The Django app of this room."""

from django.apps import AppConfig


class AdministratorsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.administrators"
    label = "administrators"
    default_auto_field = "django.db.models.BigAutoField"
