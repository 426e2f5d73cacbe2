"""The Django app of privacy."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"
