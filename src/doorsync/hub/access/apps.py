"""The Django app of access."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
