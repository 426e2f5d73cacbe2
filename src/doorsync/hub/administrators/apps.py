"""The Django app of administrators."""

from django.apps import AppConfig


class AdministratorsConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.administrators"
    label = "administrators"
    default_auto_field = "django.db.models.BigAutoField"
