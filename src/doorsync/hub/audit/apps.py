"""The Django app of audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
