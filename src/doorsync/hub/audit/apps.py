"""The Django app of this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
