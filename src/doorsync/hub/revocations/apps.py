"""The Django app of revocations."""

from django.apps import AppConfig


class RevocationsConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.revocations"
    label = "revocations"
    default_auto_field = "django.db.models.BigAutoField"
